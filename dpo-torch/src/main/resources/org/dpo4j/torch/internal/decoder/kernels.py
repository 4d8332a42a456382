# What libtorch computes for us: each part of a decoder forward and backward, under its formula.
# This is TorchScript in the plain form libtorch reads: every call names one of its operations.
# A name that ends in _ changes its first argument. Backward kernels are derived by hand; nothing
# here uses autograd, so only what a backward kernel names is ever kept.
#
# T tokens, D width, V vocabulary, H query heads in K groups of G, d head width, r rank;
# d before a name is the loss's gradient with respect to it.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # ---- norms ----

  # r = 1 / sqrt(mean(x^2) + epsilon)
  def inverse_rms(self: __torch__.Kernels, x: Tensor, epsilon: float) -> Tensor:
    return torch.rsqrt(torch.add(torch.mean(torch.pow(x, 2), [-1], True), epsilon))

  # y = w r x                                                     (Zhang and Sennrich 2019, eq. 4)
  def rms_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, epsilon: float) -> Tensor:
    f = torch.to(x, 6)
    n = torch.type_as(torch.mul(f, (self).inverse_rms(f, epsilon)), x)
    return torch.mul(n, torch.type_as(w, x))

  # y = (1 + w) r x                                               (Gemma)
  def rms_norm_plus_one(self: __torch__.Kernels, x: Tensor, w: Tensor, epsilon: float) -> Tensor:
    f = torch.to(x, 6)
    n = torch.mul(f, (self).inverse_rms(f, epsilon))
    return torch.type_as(torch.mul(n, torch.add(torch.to(w, 6), 1.)), x)

  # With n = r x and u = w dy:  dx = r (u - n mean(u n))
  def rms_norm_backward(self: __torch__.Kernels, dy: Tensor, x: Tensor, w: Tensor, epsilon: float) -> Tensor:
    f = torch.to(x, 6)
    r = (self).inverse_rms(f, epsilon)
    n = torch.mul(f, r)
    u = torch.mul(torch.to(dy, 6), torch.to(w, 6))
    m = torch.mean(torch.mul(u, n), [-1], True)
    return torch.type_as(torch.mul_(torch.addcmul_(u, n, m, value=-1), r), x)

  def rms_norm_plus_one_backward(self: __torch__.Kernels, dy: Tensor, x: Tensor, w: Tensor, epsilon: float) -> Tensor:
    return (self).rms_norm_backward(dy, x, torch.add(torch.to(w, 6), 1.), epsilon)

  # dw = sum over all rows of dy r x, with or without the 1
  def rms_norm_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor, epsilon: float) -> Tensor:
    f = torch.to(x, 6)
    n = torch.mul(f, (self).inverse_rms(f, epsilon))
    return torch.add_(dw, torch.sum(torch.reshape(torch.mul(torch.to(dy, 6), n), [-1, torch.size(x, -1)]), [0]))

  # y = w (x - mean(x)) / sqrt(var(x) + epsilon) + b              (Ba et al. 2016, eq. 4)
  def layer_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    y, mean, r = torch.native_layer_norm(x, [torch.size(x, -1)], torch.type_as(w, x), torch.type_as(b, x), epsilon)
    return y

  def layer_norm_backward(self: __torch__.Kernels, dy: Tensor, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    shape = [torch.size(x, -1)]
    y, mean, r = torch.native_layer_norm(x, shape, torch.type_as(w, x), torch.type_as(b, x), epsilon)
    dx, dw, db = torch.native_layer_norm_backward(dy, x, shape, mean, r, torch.type_as(w, x), torch.type_as(b, x), [True, False, False])
    return dx

  # dw = sum dy (x - mean) r, db = sum dy
  def layer_norm_weight_(self: __torch__.Kernels, dw: Tensor, db: Tensor, dy: Tensor, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    shape = [torch.size(x, -1)]
    y, mean, r = torch.native_layer_norm(x, shape, torch.type_as(w, x), torch.type_as(b, x), epsilon)
    dx, gw, gb = torch.native_layer_norm_backward(dy, x, shape, mean, r, torch.type_as(w, x), torch.type_as(b, x), [False, True, True])
    _0 = torch.add_(dw, gw)
    return torch.add_(db, gb)

  # ---- linear modules ----

  # y = x W^T (+ b); W may be held in fewer bits than x
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return torch.linear(x, torch.type_as(w, x), None)

  def linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.linear(x, torch.type_as(w, x), torch.type_as(b, x))

  # dx = dy W
  def linear_backward(self: __torch__.Kernels, dy: Tensor, w: Tensor) -> Tensor:
    return torch.mm(dy, torch.type_as(w, dy))

  # dW += dy^T x
  def linear_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(dw, torch.t(torch.type_as(dy, dw)), torch.type_as(x, dw))

  # y = x W (+ b): GPT-2 stores W as [in, out]
  def conv1d(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return torch.mm(x, torch.type_as(w, x))

  def conv1d_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.addmm(torch.type_as(b, x), x, torch.type_as(w, x))

  def conv1d_backward(self: __torch__.Kernels, dy: Tensor, w: Tensor) -> Tensor:
    return torch.mm(dy, torch.t(torch.type_as(w, dy)))

  def conv1d_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(dw, torch.t(torch.type_as(x, dw)), torch.type_as(dy, dw))

  # db += sum dy
  def bias_(self: __torch__.Kernels, db: Tensor, dy: Tensor) -> Tensor:
    return torch.add_(db, torch.sum(torch.type_as(dy, db), [0]))

  # LoRA, y += s (x A^T) B^T                                      (Hu et al. 2021, eq. 3)
  # t = x A^T [T, r]
  def lora_down(self: __torch__.Kernels, x: Tensor, a: Tensor) -> Tensor:
    return torch.mm(x, torch.t(torch.type_as(a, x)))

  def lora_up_(self: __torch__.Kernels, y: Tensor, t: Tensor, b: Tensor, s: float) -> Tensor:
    return torch.addmm_(y, t, torch.t(torch.type_as(b, y)), beta=1, alpha=s)

  # u = s dy B [T, r];  dx += u A;  dA += u^T x;  dB += s dy^T t
  def lora_up_backward(self: __torch__.Kernels, dy: Tensor, b: Tensor, s: float) -> Tensor:
    return torch.mm(dy, torch.mul(torch.type_as(b, dy), s))

  def lora_down_backward_(self: __torch__.Kernels, dx: Tensor, u: Tensor, a: Tensor) -> Tensor:
    return torch.addmm_(dx, u, torch.type_as(a, dx))

  def lora_a_(self: __torch__.Kernels, da: Tensor, u: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(da, torch.t(torch.type_as(u, da)), torch.type_as(x, da))

  def lora_b_(self: __torch__.Kernels, db: Tensor, dy: Tensor, t: Tensor, s: float) -> Tensor:
    return torch.addmm_(db, torch.t(torch.type_as(dy, db)), torch.type_as(t, db), beta=1, alpha=s)

  # While training x is replaced by x * mask in the adapter's branch (Srivastava et al. 2014).
  def dropout_mask(self: __torch__.Kernels, x: Tensor, p: float, training: bool) -> Tensor:
    return torch.dropout(torch.ones_like(x), p, training)

  def lora_dropped_backward_(self: __torch__.Kernels, dx: Tensor, u: Tensor, a: Tensor, mask: Tensor) -> Tensor:
    return torch.add_(dx, torch.mul_(torch.mm(u, torch.type_as(a, u)), mask))

  # ---- rotary positions ----

  # Dimension i turns with i + n by the token's angle, the first 2n dimensions of each head:
  # (x_i, x_{i+n}) <- (x_i cos - x_{i+n} sin, x_{i+n} cos + x_i sin)   (Su et al. 2021, eq. 34)
  # Backward is the turn by the opposite angle. x [T, heads, d]; cosine, sine [T, 1, n].
  def rotate_halves_(self: __torch__.Kernels, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    n = torch.size(cosine, -1)
    return (self).turn_(torch.narrow(x, -1, 0, n), torch.narrow(x, -1, n, n), cosine, sine)

  # Dimension 2i turns with 2i + 1 (the paper, GPT-J)
  def rotate_neighbours_(self: __torch__.Kernels, x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    n = torch.mul(torch.size(cosine, -1), 2)
    return (self).turn_(torch.slice(x, 2, 0, n, 2), torch.slice(x, 2, 1, n, 2), cosine, sine)

  def turn_(self: __torch__.Kernels, a: Tensor, b: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    turned = torch.addcmul(torch.mul(b, cosine), a, sine)
    _0 = torch.addcmul_(torch.mul_(a, cosine), b, sine, value=-1)
    return torch.copy_(b, turned)

  # ---- attention ----

  # The packed batch comes in parts; each has five numbers in parts: start, length n, start of its
  # prefix, length p of its prefix, place of its mask [n, p + n] in masks or -1 for plain causal.
  # A part's queries see the keys of its prefix (the prompt) and of itself.
  def keys_of(self: __torch__.Kernels, k: Tensor, start: int, n: int, before: int, p: int, groups: int) -> Tensor:
    if torch.gt(p, 0):
      rows = torch.cat([torch.narrow(k, 0, before, p), torch.narrow(k, 0, start, n)])
    else:
      rows = torch.narrow(k, 0, start, n)
    return torch.expand(torch.unsqueeze(torch.permute(rows, [1, 0, 2]), 1), [-1, groups, -1, -1])

  def mask_of(self: __torch__.Kernels, masks: Tensor, place: int, n: int, p: int) -> Optional[Tensor]:
    if torch.ge(place, 0):
      mask = annotate(Optional[Tensor], torch.view(torch.narrow(masks, 0, place, torch.mul(n, torch.add(p, n))), [n, torch.add(p, n)]))
    else:
      mask = annotate(Optional[Tensor], None)
    return mask

  # o = softmax(s q k^T + mask) v                                 (Vaswani et al. 2017, eq. 1)
  # q [T, K, G, d]; k, v [T, K, d] -> o [T, H d], and the log-sum-exp of each query's scores
  def attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, parts: List[int], masks: Tensor, s: float) -> List[Tensor]:
    o = torch.empty([torch.size(q, 0), torch.size(q, 1), torch.size(q, 2), torch.size(q, 3)], dtype=ops.prim.dtype(q), device=ops.prim.device(q))
    sums = annotate(List[Tensor], [])
    g = torch.size(q, 2)
    for i in range(torch.floordiv(torch.len(parts), 5)):
      start, n, before, p, place = parts[5 * i], parts[5 * i + 1], parts[5 * i + 2], parts[5 * i + 3], parts[5 * i + 4]
      qi = torch.permute(torch.narrow(q, 0, start, n), [1, 2, 0, 3])
      ki = (self).keys_of(k, start, n, before, p, g)
      vi = (self).keys_of(v, start, n, before, p, g)
      oi, sum = torch._scaled_dot_product_flash_attention_for_cpu(qi, ki, vi, 0., torch.lt(place, 0), attn_mask=(self).mask_of(masks, place, n, p), scale=s)
      _0 = torch.copy_(torch.narrow(o, 0, start, n), torch.permute(oi, [2, 0, 1, 3]))
      _1 = torch.append(sums, sum)
    return torch.append([torch.reshape(o, [torch.size(q, 0), -1])], (self).flat(sums))

  def flat(self: __torch__.Kernels, tensors: List[Tensor]) -> Tensor:
    flat = annotate(List[Tensor], [])
    for t in tensors:
      _0 = torch.append(flat, torch.reshape(t, [-1]))
    return torch.cat(flat)

  # The same kernel's own backward, part by part, into dq, dk, dv; later parts add to their prefix.
  def attention_backward_(self: __torch__.Kernels, dq: Tensor, dk: Tensor, dv: Tensor, do: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, sums: Tensor, parts: List[int], masks: Tensor, s: float) -> Tensor:
    shape = [torch.size(q, 0), torch.size(q, 1), torch.size(q, 2), torch.size(q, 3)]
    heads = torch.view(o, shape)
    dheads = torch.view(do, shape)
    keys = torch.size(q, 1)
    g = torch.size(q, 2)
    at = 0
    for i in range(torch.floordiv(torch.len(parts), 5)):
      start, n, before, p, place = parts[5 * i], parts[5 * i + 1], parts[5 * i + 2], parts[5 * i + 3], parts[5 * i + 4]
      qi = torch.permute(torch.narrow(q, 0, start, n), [1, 2, 0, 3])
      oi = torch.permute(torch.narrow(heads, 0, start, n), [1, 2, 0, 3])
      di = torch.permute(torch.narrow(dheads, 0, start, n), [1, 2, 0, 3])
      ki = (self).keys_of(k, start, n, before, p, g)
      vi = (self).keys_of(v, start, n, before, p, g)
      sum = torch.view(torch.narrow(sums, 0, at, keys * g * n), [keys, g, n])
      at = at + keys * g * n
      dqi, dki, dvi = torch._scaled_dot_product_flash_attention_for_cpu_backward(di, qi, ki, vi, oi, sum, 0., torch.lt(place, 0), attn_mask=(self).mask_of(masks, place, n, p), scale=s)
      _0 = torch.copy_(torch.narrow(dq, 0, start, n), torch.permute(dqi, [2, 0, 1, 3]))
      _1 = (self).keys_backward_(dk, torch.permute(torch.sum(dki, [1]), [1, 0, 2]), start, n, before, p)
      _2 = (self).keys_backward_(dv, torch.permute(torch.sum(dvi, [1]), [1, 0, 2]), start, n, before, p)
    return dq

  def keys_backward_(self: __torch__.Kernels, dk: Tensor, part: Tensor, start: int, n: int, before: int, p: int) -> Tensor:
    if torch.gt(p, 0):
      _0 = torch.add_(torch.narrow(dk, 0, before, p), torch.narrow(part, 0, 0, p))
    else:
      _0 = dk
    return torch.copy_(torch.narrow(dk, 0, start, n), torch.narrow(part, 0, p, n))

  # The same by matrix products, on any device, with scores capped to c tanh(scores / c) if c > 0
  # (Gemma 2). Every part needs a mask.
  def probabilities(self: __torch__.Kernels, q: Tensor, k: Tensor, mask: Optional[Tensor], s: float, c: float) -> Tensor:
    z = torch.mul(torch.to(torch.matmul(q, torch.transpose(k, 2, 3)), 6), s)
    if torch.gt(c, 0.):
      z = torch.mul(torch.tanh(torch.div(z, c)), c)
    else:
      z = z
    return torch.softmax(torch.add(z, torch.to(ops.prim.unchecked_unwrap_optional(mask), 6)), -1)

  def plain_attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, parts: List[int], masks: Tensor, s: float, c: float) -> List[Tensor]:
    o = torch.empty_like(torch.contiguous(q))
    g = torch.size(q, 2)
    for i in range(torch.floordiv(torch.len(parts), 5)):
      start, n, before, p, place = parts[5 * i], parts[5 * i + 1], parts[5 * i + 2], parts[5 * i + 3], parts[5 * i + 4]
      qi = torch.permute(torch.narrow(q, 0, start, n), [1, 2, 0, 3])
      w = (self).probabilities(qi, (self).keys_of(k, start, n, before, p, g), (self).mask_of(masks, place, n, p), s, c)
      oi = torch.matmul(torch.type_as(w, q), (self).keys_of(v, start, n, before, p, g))
      _0 = torch.copy_(torch.narrow(o, 0, start, n), torch.permute(oi, [2, 0, 1, 3]))
    return [torch.reshape(o, [torch.size(q, 0), -1]), torch.slice(masks, 0, 0, 0)]

  # With w the probabilities, dw = do v^T and dz = w (dw - sum(dw w)) (1 - (z/c)^2):
  # dv = w^T do, dq = s dz k, dk = s dz^T q
  def plain_attention_backward_(self: __torch__.Kernels, dq: Tensor, dk: Tensor, dv: Tensor, do: Tensor, q: Tensor, k: Tensor, v: Tensor, parts: List[int], masks: Tensor, s: float, c: float) -> Tensor:
    dheads = torch.view(do, [torch.size(q, 0), torch.size(q, 1), torch.size(q, 2), torch.size(q, 3)])
    g = torch.size(q, 2)
    for i in range(torch.floordiv(torch.len(parts), 5)):
      start, n, before, p, place = parts[5 * i], parts[5 * i + 1], parts[5 * i + 2], parts[5 * i + 3], parts[5 * i + 4]
      qi = torch.permute(torch.narrow(q, 0, start, n), [1, 2, 0, 3])
      di = torch.permute(torch.narrow(dheads, 0, start, n), [1, 2, 0, 3])
      ki = (self).keys_of(k, start, n, before, p, g)
      vi = (self).keys_of(v, start, n, before, p, g)
      w = (self).probabilities(qi, ki, (self).mask_of(masks, place, n, p), s, c)
      dw = torch.to(torch.matmul(di, torch.transpose(vi, 2, 3)), 6)
      dz = torch.mul(torch.sub(dw, torch.sum(torch.mul(dw, w), [-1], True)), w)
      if torch.gt(c, 0.):
        t = torch.tanh(torch.div(torch.mul(torch.to(torch.matmul(qi, torch.transpose(ki, 2, 3)), 6), s), c))
        dz = torch.mul(dz, torch.rsub(torch.pow(t, 2), 1.))
      else:
        dz = dz
      dz = torch.type_as(torch.mul(dz, s), q)
      dki = torch.sum(torch.matmul(torch.transpose(dz, 2, 3), qi), [1])
      dvi = torch.sum(torch.matmul(torch.transpose(torch.type_as(w, q), 2, 3), di), [1])
      _0 = torch.copy_(torch.narrow(dq, 0, start, n), torch.permute(torch.matmul(dz, ki), [2, 0, 1, 3]))
      _1 = (self).keys_backward_(dk, torch.permute(dki, [1, 0, 2]), start, n, before, p)
      _2 = (self).keys_backward_(dv, torch.permute(dvi, [1, 0, 2]), start, n, before, p)
    return dq

  # ---- MLP ----

  # y = [up | gate] -> up silu(gate) = (up sigmoid(gate)) gate      (Shazeer 2020, arXiv 2002.05202)
  # glu computes the bracket several times faster than silu does.
  def silu_gate(self: __torch__.Kernels, y: Tensor) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    return torch.mul_(torch.glu(y), torch.narrow(y, 1, n, n))

  def silu_gate_backward(self: __torch__.Kernels, dm: Tensor, y: Tensor) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    dy = torch.glu_backward(torch.mul(dm, torch.narrow(y, 1, n, n)), y, 1)
    _0 = torch.addcmul_(torch.narrow(dy, 1, n, n), dm, torch.glu(y))
    return dy

  # The same with GELU; approximate is "none" or "tanh"           (Hendrycks and Gimpel 2016)
  def gelu_gate(self: __torch__.Kernels, y: Tensor, approximate: str) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    return torch.mul_(torch.gelu(torch.narrow(y, 1, n, n), approximate=approximate), torch.narrow(y, 1, 0, n))

  def gelu_gate_backward(self: __torch__.Kernels, dm: Tensor, y: Tensor, approximate: str) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    up = torch.narrow(y, 1, 0, n)
    gate = torch.narrow(y, 1, n, n)
    dup = torch.mul_(torch.gelu(gate, approximate=approximate), dm)
    return torch.cat([dup, torch.gelu_backward(torch.mul(dm, up), gate, approximate=approximate)], 1)

  # [gate | up] <-> [up | gate]
  def swap(self: __torch__.Kernels, y: Tensor) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    return torch.cat([torch.narrow(y, 1, n, n), torch.narrow(y, 1, 0, n)], 1)

  # ---- embedding and head ----

  # x = scale E[id], in the type `kind` that the layers compute in
  def embed(self: __torch__.Kernels, ids: Tensor, e: Tensor, scale: float, kind: int) -> Tensor:
    return torch.mul(torch.to(torch.index_select(e, 0, ids), kind), scale)

  def add_(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.add_(x, y)

  # The rows that predict, and their gradients put back
  def rows(self: __torch__.Kernels, x: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(x, 0, rows)

  def rows_backward(self: __torch__.Kernels, dh: Tensor, x: Tensor, rows: Tensor) -> Tensor:
    return torch.index_add_(torch.zeros_like(x), 0, rows, torch.type_as(dh, x))

  # dh = g dlog p / dh
  def weighed(self: __torch__.Kernels, gradient: Tensor, g: Tensor) -> Tensor:
    return torch.mul(gradient, torch.unsqueeze(g, 1))

  def embed_backward_(self: __torch__.Kernels, de: Tensor, dx: Tensor, ids: Tensor, scale: float) -> Tensor:
    return torch.index_add_(de, 0, ids, torch.mul(torch.type_as(dx, de), scale))

  # The head in one pass over blocks of the vocabulary, never holding [T, V]. With z = h W^T (+ b),
  # m the running maximum and e = exp(z - m), scaled down whenever m grows:
  #   log p(y) = z_y - m - log sum e
  #   d log p(y) / dh = W_y - (sum e W) / (sum e)
  # Capped logits c tanh(z / c) multiply the term of z by 1 - tanh(z / c)^2.
  # h [T, D], W [V, D], y [T] -> log p(y) [T], its gradient [T, D] or nothing, entropy [T] or nothing
  # (m + log sum e - sum e z / sum e), log sum p^2 [T] or nothing.
  def head(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], y: Tensor, c: float, block: int, gradient: bool, statistics: bool) -> List[Tensor]:
    hf = torch.to(h, 6)
    wy, zy = (self).target(hf, w, b, y)
    slope = (self).slope(zy, c)
    zy = (self).capped(zy, c)
    m = zy
    total = torch.zeros_like(zy)
    squares = torch.zeros_like(zy)
    moment = torch.zeros_like(zy)
    acc = torch.zeros_like(hf)
    for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
      raw = (self).block(h, w, b, i * block, (i + 1) * block)
      z = (self).capped(raw, c)
      top = torch.maximum(m, torch.amax(z, [1], True))
      shrink = torch.exp(torch.sub(m, top))
      m = top
      e = torch.exp_(torch.sub(z, top))
      total = torch.add(torch.mul(total, shrink), torch.sum(e, [1], True))
      if statistics:
        moment = torch.add(torch.mul(moment, shrink), torch.sum(torch.mul(e, z), [1], True))
        squares = torch.add(torch.mul(squares, torch.pow(shrink, 2)), torch.sum(torch.pow(e, 2), [1], True))
      else:
        moment = moment
      if gradient:
        if torch.gt(c, 0.):
          e = torch.mul_(e, (self).slope(raw, c))
        else:
          e = e
        acc = torch.addmm_(torch.mul_(acc, shrink), e, torch.to(torch.slice(w, 0, i * block, (i + 1) * block), 6))
      else:
        acc = acc
    lse = torch.add(m, torch.log(total))
    out = [torch.squeeze(torch.sub(zy, lse), 1)]
    if gradient:
      _0 = torch.append(out, torch.sub(torch.mul(wy, slope), torch.div(acc, total)))
    else:
      _0 = out
    if statistics:
      _1 = torch.append(out, torch.squeeze(torch.sub(lse, torch.div(moment, total)), 1))
      _2 = torch.append(out, torch.squeeze(torch.sub(torch.log(squares), torch.mul(torch.log(total), 2.)), 1))
    else:
      _1 = out
    return out

  # W_y [T, D] and z_y [T, 1] before the cap
  def target(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], y: Tensor) -> Tuple[Tensor, Tensor]:
    wy = torch.to(torch.index_select(w, 0, y), 6)
    z = torch.sum(torch.mul(h, wy), [1], True)
    if torch.gt(torch.len(b), 0):
      z = torch.add(z, torch.unsqueeze(torch.to(torch.index_select(b[0], 0, y), 6), 1))
    else:
      z = z
    return (wy, z)

  # The logits of words start to end, before the cap [T, end - start]
  def block(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], start: int, end: int) -> Tensor:
    z = torch.to(torch.linear(h, torch.type_as(torch.slice(w, 0, start, end), h), None), 6)
    if torch.gt(torch.len(b), 0):
      z = torch.add_(z, torch.to(torch.slice(b[0], 0, start, end), 6))
    else:
      z = z
    return z

  def capped(self: __torch__.Kernels, z: Tensor, c: float) -> Tensor:
    if torch.gt(c, 0.):
      z = torch.mul_(torch.tanh_(torch.div(z, c)), c)
    else:
      z = z
    return z

  # 1 - tanh(z / c)^2
  def slope(self: __torch__.Kernels, z: Tensor, c: float) -> Tensor:
    if torch.gt(c, 0.):
      s = torch.rsub(torch.pow(torch.tanh(torch.div(z, c)), 2), 1.)
    else:
      s = torch.ones_like(z)
    return s

  # A trained head: dW += dz^T h with dz = g ([v = y] - p(v)) (1 - tanh(z / c)^2), db += sum dz
  def head_weight_(self: __torch__.Kernels, dw: Tensor, db: List[Tensor], h: Tensor, w: Tensor, b: List[Tensor], y: Tensor, log_p: Tensor, g: Tensor, c: float, block: int) -> Tensor:
    hf = torch.to(h, 6)
    gy = torch.unsqueeze(g, 1)
    wy, zy = (self).target(hf, w, b, y)
    lse = torch.sub((self).capped(zy, c), torch.unsqueeze(log_p, 1))
    for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
      raw = (self).block(h, w, b, i * block, (i + 1) * block)
      dz = torch.mul_(torch.exp_(torch.sub((self).capped(raw, c), lse)), torch.neg(gy))
      if torch.gt(c, 0.):
        dz = torch.mul_(dz, (self).slope(raw, c))
      else:
        dz = dz
      _0 = torch.addmm_(torch.slice(dw, 0, i * block, (i + 1) * block), torch.t(dz), hf)
      if torch.gt(torch.len(db), 0):
        _1 = torch.add_(torch.slice(db[0], 0, i * block, (i + 1) * block), torch.sum(dz, [0]))
      else:
        _1 = dz
    dy = torch.mul(gy, (self).slope(zy, c))
    _2 = torch.index_add_(dw, 0, y, torch.mul(hf, dy))
    if torch.gt(torch.len(db), 0):
      _3 = torch.index_add_(db[0], 0, y, torch.squeeze(dy, 1))
    else:
      _3 = dw
    return dw

  # The logits of every row, for looking at: z [T, V]
  def logits(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], c: float) -> Tensor:
    return (self).capped((self).block(h, w, b, 0, torch.size(w, 0)), c)

  # ---- optimizers, as PyTorch computes them ----

  # m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
  # p <- (1 - lr decay) p - lr (m / c1) / (sqrt(v / c2) + epsilon), c = 1 - b^t
  #                                                  (Loshchilov and Hutter 2019, algorithm 2)
  def adamw_(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], scale: float, lr: float, b1: float, b2: float, epsilon: float, decay: float, c1: float, c2: float) -> int:
    for i in range(torch.len(p)):
      _0 = torch.mul_(g[i], scale)
      _1 = torch.mul_(p[i], 1. - lr * decay)
      _2 = torch.lerp_(m[i], g[i], 1. - b1)
      _3 = torch.addcmul_(torch.mul_(v[i], b2), g[i], g[i], value=1. - b2)
      d = torch.add_(torch.div_(torch.sqrt(v[i]), torch.sqrt(c2)), epsilon)
      _4 = torch.addcdiv_(p[i], m[i], d, value=torch.neg(torch.div(lr, c1)))
      _5 = torch.zero_(g[i])
    return 0

  # b <- mu b + g, the first time b = g; p <- p - lr b             (Sutskever et al. 2013, as PyTorch)
  def sgd_(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], b: List[Tensor], scale: float, lr: float, mu: float) -> int:
    for i in range(torch.len(p)):
      _0 = torch.mul_(g[i], scale)
      _1 = torch.add_(torch.mul_(b[i], mu), g[i])
      _2 = torch.add_(p[i], b[i], alpha=torch.neg(lr))
      _3 = torch.zero_(g[i])
    return 0

  # v <- a v + (1 - a) g^2; p <- p - lr g / (sqrt(v) + epsilon)     (Tieleman and Hinton 2012)
  def rmsprop_(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], v: List[Tensor], scale: float, lr: float, a: float, epsilon: float) -> int:
    for i in range(torch.len(p)):
      _0 = torch.mul_(g[i], scale)
      _1 = torch.addcmul_(torch.mul_(v[i], a), g[i], g[i], value=1. - a)
      _2 = torch.addcdiv_(p[i], g[i], torch.add_(torch.sqrt(v[i]), epsilon), value=torch.neg(lr))
      _3 = torch.zero_(g[i])
    return 0

  # sqrt(sum g^2), summed in double
  def norm(self: __torch__.Kernels, g: List[Tensor]) -> Tensor:
    squares = annotate(List[Tensor], [])
    for t in g:
      _0 = torch.append(squares, torch.pow(torch.linalg_vector_norm(t, 2, None, False, dtype=7), 2))
    return torch.sqrt(torch.sum(torch.stack(squares)))

  def zero_(self: __torch__.Kernels, g: List[Tensor]) -> int:
    for t in g:
      _0 = torch.zero_(t)
    return 0

  # reference <- reference + alpha (policy - reference)            (Gorbatovski et al. 2024)
  def move_(self: __torch__.Kernels, reference: List[Tensor], policy: List[Tensor], alpha: float) -> int:
    for i in range(torch.len(policy)):
      _0 = torch.lerp_(reference[i], policy[i], alpha)
    return 0

  # ---- weights ----

  # Elements from `at` on are `values`, converted.
  def fill_(self: __torch__.Kernels, w: Tensor, at: int, values: Tensor) -> Tensor:
    return torch.copy_(torch.narrow(torch.view(w, [-1]), 0, at, torch.size(values, 0)), values)

  def empty(self: __torch__.Kernels, like: Tensor, shape: List[int], kind: int) -> Tensor:
    return torch.empty(shape, dtype=kind, device=ops.prim.device(like))

  # Rows start to start + length, sharing the numbers
  def part(self: __torch__.Kernels, w: Tensor, start: int, length: int) -> Tensor:
    return torch.narrow(w, 0, start, length)

  def to_float(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.contiguous(torch.to(w, 6))

  def copy(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.clone(torch.contiguous(w))

  # W + s B A, or its transpose: an adapter merged into its module
  def merged(self: __torch__.Kernels, w: Tensor, a: Tensor, b: Tensor, s: float, transposed: bool) -> Tensor:
    delta = torch.mul(torch.mm(torch.to(b, 6), torch.to(a, 6)), s)
    if transposed:
      delta = torch.t(delta)
    else:
      delta = delta
    return torch.add(torch.to(w, 6), delta)


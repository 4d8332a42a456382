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

  # ---- generation: keys and values are kept, so that a token is computed once ----

  # All continuations have the same number of tokens, so nothing is padded and nothing masked: a
  # window is a narrower view. Those of one prompt stand side by side and read its cache together.
  #
  # What continuations need of each prompt's k and v [T, K, d]: the last positions [K, C, d],
  # C at most `most`, as copies that keep nothing else alive
  def prompt_cache(self: __torch__.Kernels, k: Tensor, v: Tensor, parts: List[int], most: int) -> List[Tensor]:
    cache = annotate(List[Tensor], [])
    for i in range(torch.floordiv(torch.len(parts), 5)):
      start, n = parts[5 * i], parts[5 * i + 1]
      c = ops.prim.min(n, most)
      for t in [k, v]:
        rows = torch.permute(torch.narrow(t, 0, start + n - c, c), [1, 0, 2])
        _0 = torch.append(cache, torch.clone(rows, memory_format=0))
    return cache

  # Room for `capacity` tokens of n continuations [n K, capacity, d], beside a prompt's k
  def new_cache(self: __torch__.Kernels, k: Tensor, n: int, capacity: int) -> Tensor:
    return torch.new_empty(k, [torch.size(k, 0) * n, capacity, torch.size(k, 2)])

  # The same for some of the n continuations; t tokens are in it
  def kept_cache(self: __torch__.Kernels, own: Tensor, n: int, rows: Tensor, t: int) -> Tensor:
    all = torch.view(own, [n, -1, torch.size(own, 1), torch.size(own, 2)])
    kept = torch.new_empty(own, [torch.size(rows, 0), torch.size(all, 1), torch.size(own, 1), torch.size(own, 2)])
    _0 = torch.copy_(torch.narrow(kept, 2, 0, t), torch.index_select(torch.narrow(all, 2, 0, t), 0, rows))
    return torch.flatten(kept, 0, 1)

  # o = softmax(s q [k_prompt k_own]^T) v for the token t (from 0) of each continuation, scores capped
  # to c tanh(scores / c) if c > 0. q [B, K, G, d]; k, v [B, K, d]; own keys and values [B K, capacity,
  # d], to which k and v are added; prompts' keys and values in turn; groups: continuations a prompt.
  # Each continuation is computed by itself, in shapes of its own, so that its bits are its own.
  def cached_attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, own: List[Tensor], prompts: List[Tensor], groups: List[int], t: int, window: int, s: float, c: float) -> Tensor:
    heads, d = torch.size(k, 1), torch.size(q, 3)
    _0 = torch.copy_(torch.select(own[0], 1, t), torch.reshape(k, [-1, d]))
    _1 = torch.copy_(torch.select(own[1], 1, t), torch.reshape(v, [-1, d]))
    first = ops.prim.max(t + 1 - window, 0)
    keys = torch.view(own[0], [-1, heads, torch.size(own[0], 1), d])
    values = torch.view(own[1], [-1, heads, torch.size(own[1], 1), d])
    ko = torch.narrow(keys, 2, first, t + 1 - first)
    vo = torch.narrow(values, 2, first, t + 1 - first)
    outs = annotate(List[Tensor], [])
    at = 0
    for i in range(torch.len(groups)):
      m = groups[i]
      c_prompt = torch.size(prompts[2 * i], 1)
      p = ops.prim.max(ops.prim.min(c_prompt, window - 1 - t), 0)
      qi = torch.narrow(q, 0, at, m)
      kp = torch.unsqueeze(torch.narrow(prompts[2 * i], 1, c_prompt - p, p), 0)
      vp = torch.unsqueeze(torch.narrow(prompts[2 * i + 1], 1, c_prompt - p, p), 0)
      ki = torch.narrow(ko, 0, at, m)
      vi = torch.narrow(vo, 0, at, m)
      if (self).fused(q, c):
        o = (self).joined_attention(qi, kp, vp, ki, vi, s)
        _2 = torch.append(outs, o)
      else:
        for j in range(m):
          z = torch.cat([torch.matmul(torch.narrow(qi, 0, j, 1), torch.transpose(kp, 2, 3)), torch.matmul(torch.narrow(qi, 0, j, 1), torch.transpose(torch.narrow(ki, 0, j, 1), 2, 3))], 3)
          w = torch.type_as((self).cached_probabilities(z, s, c), q)
          o_own = torch.matmul(torch.narrow(w, 3, p, t + 1 - first), torch.narrow(vi, 0, j, 1))
          _3 = torch.append(outs, torch.add_(torch.matmul(torch.narrow(w, 3, 0, p), vp), o_own))
      at = at + m
    return torch.reshape(torch.cat(outs), [torch.size(q, 0), -1])

  # Whether libtorch's fused attention can be used
  def fused(self: __torch__.Kernels, q: Tensor, c: float) -> bool:
    return torch.__and__(torch.gt((self).many(), 0), torch.le(c, 0.))

  # Attention to a prompt's keys [1, K, p, d] and to own keys [m, K, n, d], each by itself with its
  # log-sum-exp l, then o = sigmoid(l_prompt - l_own) (o_prompt - o_own) + o_own
  def joined_attention(self: __torch__.Kernels, q: Tensor, kp: Tensor, vp: Tensor, k: Tensor, v: Tensor, s: float) -> Tensor:
    o, l = (self).few_queries(q, k, v, s)
    if torch.gt(torch.size(kp, 2), 0):
      m = torch.size(q, 0)
      op, lp = (self).few_queries(q, torch.expand(kp, [m, -1, -1, -1]), torch.expand(vp, [m, -1, -1, -1]), s)
      e = torch.exp_(torch.sub(l, lp))
      w = torch.unsqueeze(torch.reciprocal_(torch.add_(e, 1)), 3)
      o = torch.add(o, torch.mul_(torch.sub(op, o), w))
    else:
      o = o
    return o

  # q [m, K, G, d], k and v [m, K, n, d] -> o [m, K, G, d], l [m, K, G]. Each thread has a part of one
  # buffer, of G (n + d + 2) numbers, and what a product gives may depend on where that begins. So that
  # all parts begin at a multiple of 64 bytes, as many queries are added as it takes.
  def few_queries(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, s: float) -> Tuple[Tensor, Tensor]:
    g = torch.size(q, 2)
    some = 16
    for i in range(4):
      half = torch.floordiv(some, 2)
      if torch.eq(torch.remainder(half * (torch.size(k, 2) + torch.size(k, 3) + 2), 16), 0):
        some = half
      else:
        some = some
    more = torch.remainder(-g, some)
    q = torch.constant_pad_nd(q, [0, 0, 0, more], 0)
    o, l = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., False, attn_mask=None, scale=s)
    return (torch.narrow(o, 2, 0, g), torch.narrow(l, 2, 0, g))

  def cached_probabilities(self: __torch__.Kernels, z: Tensor, s: float, c: float) -> Tensor:
    z = torch.mul(torch.to(z, 6), s)
    if torch.gt(c, 0.):
      z = torch.mul(torch.tanh(torch.div(z, c)), c)
    else:
      z = z
    return torch.softmax(z, -1)

  # y = x W^T (+ b) for the rows of one step [B, in], few or many: the smallest number that holds them of
  # those that give the same bits (see RowBlocks), or the largest and again
  def step_linear(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    rows = (self).few()
    sizes = (self).step_sizes()
    for i in range(torch.len(sizes)):
      if torch.__or__(torch.eq(i, 0), torch.ge(sizes[i], torch.size(x, 0))):
        rows = sizes[i]
      else:
        rows = rows
    return (self).step_linear_by(x, w, rows)

  # `rows` of x and 32 of W at a time, always of this shape. All of x meets a part of W small enough for
  # the caches before the next.
  def step_linear_by(self: __torch__.Kernels, x: Tensor, w: Tensor, rows: int) -> Tensor:
    b, n, k = torch.size(x, 0), torch.size(w, 0), torch.size(w, 1)
    wx = torch.type_as(w, x)
    if torch.__or__(torch.eq(rows, 0), torch.ne(torch.remainder(n, 32), 0)):
      y = (self).step_product(x, torch.t(wx))
    else:
      nb = torch.floordiv(b + rows - 1, rows)
      xp = (self).padded_rows(x, nb * rows)
      blocks = torch.transpose(torch.view(wx, [-1, 32, k]), 1, 2)
      chunks = torch.size(blocks, 0)
      if torch.eq(nb, 1):
        yt = torch.bmm(torch.expand(xp, [chunks, rows, k]), blocks)
      else:
        yt = torch.new_empty(x, [nb, chunks, rows, 32])
        part = ops.prim.max(1, torch.floordiv(262144, 32 * k))
        for i in range(torch.floordiv(chunks + part - 1, part)):
          some = torch.slice(blocks, 0, i * part, (i + 1) * part)
          for j in range(nb):
            xj = torch.expand(torch.narrow(xp, 0, j * rows, rows), [torch.size(some, 0), rows, k])
            _0 = torch.bmm(xj, some, out=torch.slice(torch.select(yt, 0, j), 0, i * part, (i + 1) * part))
      turned = torch.permute(torch.view(yt, [nb, chunks, rows, 32]), [0, 2, 1, 3])
      y = torch.narrow(torch.reshape(turned, [nb * rows, n]), 0, 0, b)
    return y

  # The same of x in another type than it is computed in
  def step_by(self: __torch__.Kernels, x: Tensor, w: Tensor, kind: int, rows: int) -> Tensor:
    return (self).step_linear_by(torch.to(x, kind), w, rows)

  def step_linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.add_((self).step_linear(x, w), torch.type_as(b, x))

  # y = x W where W does not come in rows of 32, and an adapter's branches
  def step_product(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return (self).product(x, w, (self).few_sizes(), (self).step_rows())

  def step_conv1d(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    return (self).step_product(x, torch.type_as(w, x))

  def step_conv1d_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.add_((self).step_conv1d(x, w), torch.type_as(b, x))

  def step_lora_down(self: __torch__.Kernels, x: Tensor, a: Tensor) -> Tensor:
    return (self).step_product(x, torch.t(torch.type_as(a, x)))

  def step_lora_up_(self: __torch__.Kernels, y: Tensor, t: Tensor, bt: Tensor, s: float) -> Tensor:
    return (self).add_product_(y, t, torch.type_as(bt, y), 1, s, (self).few_sizes(), (self).step_rows())

  # The logits of every row as `logits` has them, of a step; a W held in fewer bits is widened block by
  # block, within the processor's caches
  def next_logits(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], c: float, block: int) -> Tensor:
    if torch.eq(ops.prim.dtype(h), ops.prim.dtype(w)):
      z = torch.to((self).step_linear(h, w), 6)
    else:
      z = torch.empty([torch.size(h, 0), torch.size(w, 0)], dtype=6, device=ops.prim.device(h))
      for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
        zi = (self).step_linear(h, torch.slice(w, 0, i * block, (i + 1) * block))
        _0 = torch.copy_(torch.slice(z, 1, i * block, (i + 1) * block), zi)
    if torch.gt(torch.len(b), 0):
      z = torch.add_(z, torch.to(b[0], 6))
    else:
      z = z
    return (self).capped(z, c)

  # log sum e^z of each row. Of a single row libtorch would let each thread sum a part.
  def log_sums(self: __torch__.Kernels, z: Tensor) -> Tensor:
    if torch.eq(torch.size(z, 0), 1):
      both = torch.logsumexp(torch.cat([z, z]), [1], False)
      l = torch.narrow(both, 0, 0, 1)
    else:
      l = torch.logsumexp(z, [1], False)
    return l

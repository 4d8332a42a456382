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
  # d], to which k and v are added; prompts' keys and values in turn; groups: continuations a prompt
  def cached_attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, own: List[Tensor], prompts: List[Tensor], groups: List[int], t: int, window: int, s: float, c: float) -> Tensor:
    heads = torch.size(k, 1)
    g, d = torch.size(q, 2), torch.size(q, 3)
    _0 = torch.copy_(torch.select(own[0], 1, t), torch.reshape(k, [-1, d]))
    _1 = torch.copy_(torch.select(own[1], 1, t), torch.reshape(v, [-1, d]))
    first = ops.prim.max(t + 1 - window, 0)
    n = t + 1 - first
    keys = torch.narrow(own[0], 1, first, n)
    values = torch.narrow(own[1], 1, first, n)
    z_own = torch.bmm(torch.reshape(q, [-1, g, d]), torch.transpose(keys, 1, 2))
    outs = annotate(List[Tensor], [])
    at = 0
    for i in range(torch.len(groups)):
      m = groups[i]
      c_prompt = torch.size(prompts[2 * i], 1)
      p = ops.prim.max(ops.prim.min(c_prompt, window - 1 - t), 0)
      qi = (self).side_by_side(torch.reshape(torch.narrow(q, 0, at, m), [-1, g, d]), m)
      z_prompt = torch.bmm(qi, torch.transpose(torch.narrow(prompts[2 * i], 1, c_prompt - p, p), 1, 2))
      z = torch.cat([z_prompt, (self).side_by_side(torch.narrow(z_own, 0, at * heads, m * heads), m)], 2)
      w = torch.type_as((self).cached_probabilities(z, s, c), q)
      o_prompt = torch.bmm(torch.narrow(w, 2, 0, p), torch.narrow(prompts[2 * i + 1], 1, c_prompt - p, p))
      w_own = (self).one_by_one(torch.narrow(w, 2, p, n), m)
      o = torch.bmm(w_own, torch.narrow(values, 0, at * heads, m * heads))
      _2 = torch.append(outs, torch.add_(o, (self).one_by_one(o_prompt, m)))
      at = at + m
    return torch.view(torch.cat(outs), [torch.size(q, 0), -1])

  def cached_probabilities(self: __torch__.Kernels, z: Tensor, s: float, c: float) -> Tensor:
    z = torch.mul(torch.to(z, 6), s)
    if torch.gt(c, 0.):
      z = torch.mul(torch.tanh(torch.div(z, c)), c)
    else:
      z = z
    return torch.softmax(z, -1)

  # [m K, G, n] to [K, m G, n]: the queries of m continuations that read the same keys
  def side_by_side(self: __torch__.Kernels, x: Tensor, m: int) -> Tensor:
    g, n = torch.size(x, 1), torch.size(x, 2)
    turned = torch.permute(torch.view(x, [m, -1, g, n]), [1, 0, 2, 3])
    return torch.reshape(turned, [torch.size(turned, 0), m * g, n])

  # and back
  def one_by_one(self: __torch__.Kernels, x: Tensor, m: int) -> Tensor:
    heads, n = torch.size(x, 0), torch.size(x, 2)
    turned = torch.permute(torch.reshape(x, [heads, m, -1, n]), [1, 0, 2, 3])
    return torch.reshape(turned, [m * heads, -1, n])

  # y = x W^T (+ b) on a CPU. One product of 4 to 16 rows x [B, in] first copies W; products with 32
  # of its rows at a time read it where it is
  def few_rows_linear(self: __torch__.Kernels, x: Tensor, w: Tensor) -> Tensor:
    b, n = torch.size(x, 0), torch.size(w, 0)
    wx = torch.type_as(w, x)
    few = torch.__and__(torch.ge(b, 4), torch.le(b, 16))
    if torch.__and__(few, torch.eq(torch.remainder(n, 32), 0)):
      blocks = torch.view(wx, [-1, 32, torch.size(w, 1)])
      xs = torch.expand(x, [torch.size(blocks, 0), b, torch.size(x, 1)])
      y = torch.reshape(torch.permute(torch.bmm(xs, torch.transpose(blocks, 1, 2)), [1, 0, 2]), [b, n])
    else:
      y = torch.linear(x, wx, None)
    return y

  def few_rows_linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.add_((self).few_rows_linear(x, w), torch.type_as(b, x))

  # The logits of every row as `logits` has them, of a few rows on a CPU; a W held in fewer bits is
  # widened block by block, within the processor's caches
  def next_logits(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], c: float, block: int, few: bool) -> Tensor:
    if torch.eq(ops.prim.dtype(h), ops.prim.dtype(w)):
      if torch.__and__(few, torch.eq(torch.len(b), 0)):
        z = torch.to((self).few_rows_linear(h, w), 6)
      else:
        z = (self).block(h, w, b, 0, torch.size(w, 0))
    else:
      z = torch.empty([torch.size(h, 0), torch.size(w, 0)], dtype=6, device=ops.prim.device(h))
      for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
        zi = (self).block(h, w, b, i * block, (i + 1) * block)
        _0 = torch.copy_(torch.slice(z, 1, i * block, (i + 1) * block), zi)
    return (self).capped(z, c)

  # ---- embedding and head ----

  # x = scale E[id], in the type `kind` that the layers compute in
  def embed(self: __torch__.Kernels, ids: Tensor, e: Tensor, scale: float, kind: int) -> Tensor:
    return torch.mul(torch.to(torch.index_select(e, 0, ids), kind), scale)

  def add_(self: __torch__.Kernels, x: Tensor, y: Tensor) -> Tensor:
    return torch.add_(x, y)

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
  def head(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], y: Tensor, c: float, block: int, gradient: bool, statistics: bool, whole: List[int]) -> List[Tensor]:
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
      raw = (self).block(h, w, b, i * block, (i + 1) * block, whole)
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
  def block(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], start: int, end: int, whole: List[int]) -> Tensor:
    z = torch.to((self).linear(h, torch.slice(w, 0, start, end), whole), 6)
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
  def head_weight_(self: __torch__.Kernels, dw: Tensor, db: List[Tensor], h: Tensor, w: Tensor, b: List[Tensor], y: Tensor, log_p: Tensor, g: Tensor, c: float, block: int, whole: List[int]) -> Tensor:
    hf = torch.to(h, 6)
    gy = torch.unsqueeze(g, 1)
    wy, zy = (self).target(hf, w, b, y)
    lse = torch.sub((self).capped(zy, c), torch.unsqueeze(log_p, 1))
    for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
      raw = (self).block(h, w, b, i * block, (i + 1) * block, whole)
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

  # The logits of every row: z [T, V], by as many words at a time as scoring takes
  def logits(self: __torch__.Kernels, h: Tensor, w: Tensor, b: List[Tensor], c: float) -> Tensor:
    block = (self).head_block()
    z = torch.empty([torch.size(h, 0), torch.size(w, 0)], dtype=6, device=ops.prim.device(h))
    for i in range(torch.floordiv(torch.size(w, 0) + block - 1, block)):
      zi = (self).block(h, w, b, i * block, (i + 1) * block, annotate(List[int], []))
      _0 = torch.copy_(torch.slice(z, 1, i * block, (i + 1) * block), zi)
    return (self).capped(z, c)

  # ---- a head of one number ----

  # r = h w^T: h [T, D], w [1, D] -> [T]
  def reward(self: __torch__.Kernels, h: Tensor, w: Tensor) -> Tensor:
    return torch.sum(torch.mul(torch.to(h, 6), w), [1])

  # dh = g w; dw += g^T h
  def reward_backward_(self: __torch__.Kernels, g: Tensor, h: Tensor, w: Tensor, dw: Tensor) -> Tensor:
    gy = torch.unsqueeze(g, 1)
    _0 = torch.addmm_(dw, torch.t(gy), torch.to(h, 6))
    return torch.mm(gy, w)

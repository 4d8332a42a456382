  # ---- optimizers, as PyTorch computes them ----

  # m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
  # p <- (1 - lr decay) p - lr (m / c1) / (sqrt(v / c2) + epsilon), c = 1 - b^t, t from 1
  #                                                  (Loshchilov and Hutter 2019, algorithm 2)
  # libtorch's fused kernel, which goes over memory once. It divides the gradients by grad_scale.
  def adamw_(self: __torch__.Kernels, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], scale: float, lr: float, b1: float, b2: float, epsilon: float, decay: float, t: float) -> int:
    steps = torch.mul([torch.full([], t, dtype=6, device=ops.prim.device(p[0]))], torch.len(p))
    inverse = torch.reciprocal(torch.full([], scale, dtype=6, device=ops.prim.device(p[0])))
    _0 = torch._fused_adamw_(p, g, m, v, annotate(List[Tensor], []), steps, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=inverse, found_inf=None)
    return (self).zero_(g)

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

  # sqrt(sum g^2): each row in fp32, the rows in double
  def norm(self: __torch__.Kernels, g: List[Tensor]) -> Tensor:
    squares = annotate(List[Tensor], [])
    for t in g:
      rows = torch.to(torch.linalg_vector_norm(t, 2, [-1], False), 7)
      _0 = torch.append(squares, torch.sum(torch.pow(rows, 2)))
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

  # x and x again, so many times, one under the other
  def repeated(self: __torch__.Kernels, x: Tensor, times: int) -> Tensor:
    return torch.repeat(x, [times, 1])

  # The same, copied where they do not lie together
  def rows(self: __torch__.Kernels, w: Tensor, start: int, length: int) -> Tensor:
    return torch.contiguous(torch.narrow(w, 0, start, length))

  def set_rows_(self: __torch__.Kernels, w: Tensor, start: int, values: Tensor) -> Tensor:
    return torch.copy_(torch.narrow(w, 0, start, torch.size(values, 0)), values)

  def turned(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.t(w)

  def to_float(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.contiguous(torch.to(w, 6))

  def copy(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return torch.clone(torch.contiguous(w))

  # W + s B A, or its transpose: an adapter merged into its module
  def merged(self: __torch__.Kernels, w: Tensor, a: Tensor, bt: Tensor, s: float, transposed: bool) -> Tensor:
    delta = torch.mul(torch.mm(torch.t(torch.to(bt, 6)), torch.to(a, 6)), s)
    if transposed:
      delta = torch.t(delta)
    else:
      delta = delta
    return torch.add(torch.to(w, 6), delta)

  def zeros(self: __torch__.Kernels, like: Tensor) -> Tensor:
    return torch.zeros_like(like)

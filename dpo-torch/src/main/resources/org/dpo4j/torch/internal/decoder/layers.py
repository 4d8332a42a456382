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
    norm = torch.linalg_vector_norm(torch.to(x, 6), 2, [-1], True)
    return torch.rsqrt_(torch.add_(torch.div_(torch.square_(norm), torch.size(x, -1)), epsilon))

  # y = w r x                                                     (Zhang and Sennrich 2019, eq. 4)
  def rms_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, r: Tensor) -> Tensor:
    return torch.mul_(torch.type_as(torch.mul(torch.to(x, 6), r), x), torch.type_as(w, x))

  # y = (1 + w) r x                                               (Gemma)
  def rms_norm_plus_one(self: __torch__.Kernels, x: Tensor, w: Tensor, r: Tensor) -> Tensor:
    return torch.type_as(torch.mul_(torch.mul(torch.to(x, 6), r), torch.add(torch.to(w, 6), 1.)), x)

  # With u = w dy:  dx += r u - x r^3 mean(u x)
  def rms_norm_backward_(self: __torch__.Kernels, dx: Tensor, dy: Tensor, x: Tensor, w: Tensor, r: Tensor) -> Tensor:
    u = torch.mul(torch.to(dy, 6), torch.to(w, 6))
    sum = torch.sum(torch.mul(u, x), [-1], True)
    c = torch.div_(torch.mul_(sum, torch.pow(r, 3)), torch.neg(torch.size(x, -1)))
    return torch.addcmul_(torch.addcmul_(dx, x, c), u, r)

  def rms_norm_plus_one_backward_(self: __torch__.Kernels, dx: Tensor, dy: Tensor, x: Tensor, w: Tensor, r: Tensor) -> Tensor:
    return (self).rms_norm_backward_(dx, dy, x, torch.add(torch.to(w, 6), 1.), r)

  # dw += dy r x, summed over all rows, with or without the 1
  def rms_norm_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor, r: Tensor) -> Tensor:
    each = torch.mul_(torch.mul(torch.to(x, 6), r), dy)
    return torch.add_(dw, torch.sum(torch.reshape(each, [-1, torch.size(x, -1)]), [0]))

  # y = w (x - mean(x)) / sqrt(var(x) + epsilon) + b              (Ba et al. 2016, eq. 4)
  def layer_norm(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    y, mean, r = torch.native_layer_norm(x, [torch.size(x, -1)], torch.type_as(w, x), torch.type_as(b, x), epsilon)
    return y

  # dx += the derivative of that, computed by libtorch
  def layer_norm_backward_(self: __torch__.Kernels, dx: Tensor, dy: Tensor, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    shape = [torch.size(x, -1)]
    y, mean, r = torch.native_layer_norm(x, shape, torch.type_as(w, x), torch.type_as(b, x), epsilon)
    more, dw, db = torch.native_layer_norm_backward(dy, x, shape, mean, r, torch.type_as(w, x), torch.type_as(b, x), [True, False, False])
    return torch.add_(dx, more)

  # dw += dy (x - mean(x)) / sqrt(var(x) + epsilon), db += dy, summed over all rows
  def layer_norm_weight_(self: __torch__.Kernels, dw: Tensor, db: Tensor, dy: Tensor, x: Tensor, w: Tensor, b: Tensor, epsilon: float) -> Tensor:
    shape = [torch.size(x, -1)]
    y, mean, r = torch.native_layer_norm(x, shape, torch.type_as(w, x), torch.type_as(b, x), epsilon)
    dx, gw, gb = torch.native_layer_norm_backward(dy, x, shape, mean, r, torch.type_as(w, x), torch.type_as(b, x), [False, True, True])
    _0 = torch.add_(dw, gw)
    return torch.add_(db, gb)

  # ---- linear modules ----

  # y = x W, W [in, out]. A CPU's library picks its kernel, which sums in an order of its own, by the
  # number of rows, and by a row's place in a tile of 4, 6 or 8. So that a row's bits are the same
  # whatever stands beside it, it gets whole tiles of them at a time: as many as `sizes` has, largest
  # first, of `least` and more; the rest are padded with zeros to the smallest that holds them. All
  # sizes give the bits of `least` (see RowBlocks). All rows at once where there are no sizes. Where a
  # size has room for all that the largest leaves, and little more, one product takes that: each goes
  # through all of W.
  def product(self: __torch__.Kernels, x: Tensor, w: Tensor, sizes: List[int], least: int) -> Tensor:
    t, n = torch.size(x, 0), torch.size(w, 1)
    left, rest = t, 0
    for i in range(torch.len(sizes)):
      if torch.eq(i, 0):
        left = torch.remainder(t, sizes[0])
      else:
        left = left
      if torch.__and__(torch.ge(sizes[i], left), torch.lt(sizes[i], left + 24)):
        rest = sizes[i]
      else:
        rest = rest
    if torch.gt(rest, 0):
      y = torch.new_empty(x, [t - left + rest, n])
      for i in range(torch.floordiv(t, sizes[0])):
        at = i * sizes[0]
        _0 = torch.mm(torch.narrow(x, 0, at, sizes[0]), w, out=torch.narrow(y, 0, at, sizes[0]))
      if torch.gt(left, 0):
        last = (self).padded_rows(torch.narrow(x, 0, t - left, left), rest)
        _1 = torch.mm(last, w, out=torch.narrow(y, 0, t - left, rest))
      else:
        _1 = y
      y = torch.narrow(y, 0, 0, t)
    else:
      y = (self).add_product_(torch.new_empty(x, [t, n]), x, w, 0, 1., sizes, least)
    return y

  # y = beta y + s x W, likewise; beta is 0 or 1
  def add_product_(self: __torch__.Kernels, y: Tensor, x: Tensor, w: Tensor, beta: int, s: float, sizes: List[int], least: int) -> Tensor:
    if torch.eq(torch.len(sizes), 0):
      _0 = torch.addmm_(y, x, w, beta=beta, alpha=s)
    else:
      at = 0
      padded = least
      for j in range(torch.len(sizes)):
        rows = sizes[j]
        if torch.ge(rows, least):
          for i in range(torch.floordiv(torch.size(x, 0) - at, rows)):
            _1 = torch.addmm_(torch.narrow(y, 0, at, rows), torch.narrow(x, 0, at, rows), w, beta=beta, alpha=s)
            at = at + rows
        else:
          _2 = y
        if torch.ge(rows, torch.size(x, 0) - at):
          padded = rows
        else:
          padded = padded
      left = torch.size(x, 0) - at
      if torch.gt(left, 0):
        yi = torch.narrow(y, 0, at, left)
        if torch.eq(beta, 0):
          last = torch.new_empty(y, [padded, torch.size(w, 1)])
        else:
          last = (self).padded_rows(yi, padded)
        _3 = torch.addmm_(last, (self).padded_rows(torch.narrow(x, 0, at, left), padded), w, beta=beta, alpha=s)
        _4 = torch.copy_(yi, torch.narrow(last, 0, 0, left))
      else:
        _4 = y
    return y

  def padded_rows(self: __torch__.Kernels, x: Tensor, rows: int) -> Tensor:
    more = rows - torch.size(x, 0)
    if torch.gt(more, 0):
      x = torch.constant_pad_nd(x, [0, 0, 0, more], 0)
    else:
      x = x
    return x

  # y = x W, as few calls as there can be: `whole` has numbers of rows of which a trial has shown that
  # they may be computed at once (see WholeRows)
  def whole_product(self: __torch__.Kernels, x: Tensor, w: Tensor, whole: List[int]) -> Tensor:
    t, rows = torch.size(x, 0), 0
    for i in range(torch.len(whole)):
      if torch.__and__(torch.ge(whole[i], t), torch.lt(whole[i], t + 24)):
        rows = whole[i]
      else:
        rows = rows
    if torch.gt(rows, 0):
      y = torch.narrow(torch.mm((self).padded_rows(x, rows), w), 0, 0, t)
    else:
      y = (self).product(x, w, (self).sizes(), (self).many())
    return y

  # y = x W^T (+ b); W may be held in fewer bits than x
  def linear(self: __torch__.Kernels, x: Tensor, w: Tensor, whole: List[int]) -> Tensor:
    return (self).whole_product(x, torch.t(torch.type_as(w, x)), whole)

  # x W^T, or x W if transposed, by these sizes, x given in another type than it is computed in
  def product_by(self: __torch__.Kernels, x: Tensor, w: Tensor, transposed: bool, kind: int, sizes: List[int], least: int) -> Tensor:
    xk = torch.to(x, kind)
    wk = torch.type_as(w, xk)
    if transposed:
      y = (self).product(xk, wk, sizes, least)
    else:
      y = (self).product(xk, torch.t(wk), sizes, least)
    return y

  def linear_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, whole: List[int]) -> Tensor:
    return torch.add_((self).linear(x, w, whole), torch.type_as(b, x))

  # dx = dy W
  def linear_backward(self: __torch__.Kernels, dy: Tensor, w: Tensor) -> Tensor:
    return torch.mm(dy, torch.type_as(w, dy))

  # dW += dy^T x
  def linear_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(dw, torch.t(torch.type_as(dy, dw)), torch.type_as(x, dw))

  # y = x W (+ b): GPT-2 stores W as [in, out]
  def conv1d(self: __torch__.Kernels, x: Tensor, w: Tensor, whole: List[int]) -> Tensor:
    return (self).whole_product(x, torch.type_as(w, x), whole)

  def conv1d_bias(self: __torch__.Kernels, x: Tensor, w: Tensor, b: Tensor, whole: List[int]) -> Tensor:
    return torch.add_((self).conv1d(x, w, whole), torch.type_as(b, x))

  def conv1d_backward(self: __torch__.Kernels, dy: Tensor, w: Tensor) -> Tensor:
    return torch.mm(dy, torch.t(torch.type_as(w, dy)))

  def conv1d_weight_(self: __torch__.Kernels, dw: Tensor, dy: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(dw, torch.t(torch.type_as(x, dw)), torch.type_as(dy, dw))

  # db += sum dy
  def bias_(self: __torch__.Kernels, db: Tensor, dy: Tensor) -> Tensor:
    return torch.add_(db, torch.sum(torch.type_as(dy, db), [0]))

  # ---- LoRA ----

  # y += s (x A^T) B^T                                            (Hu et al. 2021, eq. 3)
  # B is held as its transpose, bt [r, out]; t = x A^T [T, r], of several modules side by side.
  def lora_down(self: __torch__.Kernels, x: Tensor, a: Tensor) -> Tensor:
    return (self).product(x, torch.t(torch.type_as(a, x)), (self).adapter_sizes(), (self).many())

  def lora_up_(self: __torch__.Kernels, y: Tensor, t: Tensor, bt: Tensor, s: float) -> Tensor:
    return (self).add_product_(y, t, torch.type_as(bt, y), 1, s, (self).adapter_sizes(), (self).many())

  # The branch alone of rows by these sizes: to try them
  def lora_by(self: __torch__.Kernels, x: Tensor, a: Tensor, bt: Tensor, kind: int, sizes: List[int], least: int) -> Tensor:
    xk = torch.to(x, kind)
    t = (self).product(xk, torch.t(torch.type_as(a, xk)), sizes, least)
    y = torch.new_zeros(xk, [torch.size(x, 0), torch.size(bt, 1)])
    _0 = (self).add_product_(y, torch.narrow(t, 1, 0, torch.size(bt, 0)), torch.type_as(bt, xk), 1, 1., sizes, least)
    return torch.cat([t, y], 1)

  # An empty [T, n] beside x [T, ...]
  def like(self: __torch__.Kernels, x: Tensor, n: int) -> Tensor:
    return torch.new_empty(x, [torch.size(x, 0), n])

  # u = s dy B [T, r]
  def lora_up_backward_(self: __torch__.Kernels, u: Tensor, dy: Tensor, bt: Tensor, s: float) -> Tensor:
    return torch.addmm_(u, dy, torch.t(torch.type_as(bt, dy)), beta=0, alpha=s)

  # dx += u A
  def lora_down_backward_(self: __torch__.Kernels, dx: Tensor, u: Tensor, a: Tensor) -> Tensor:
    return torch.addmm_(dx, u, torch.type_as(a, dx))

  # dA += u^T x
  def lora_a_(self: __torch__.Kernels, da: Tensor, u: Tensor, x: Tensor) -> Tensor:
    return torch.addmm_(da, torch.t(torch.type_as(u, da)), torch.type_as(x, da))

  # dB^T += s t^T dy
  def lora_b_(self: __torch__.Kernels, dbt: Tensor, dy: Tensor, t: Tensor, s: float) -> Tensor:
    return torch.addmm_(dbt, torch.t(torch.type_as(t, dbt)), torch.type_as(dy, dbt), beta=1, alpha=s)

  # While training x is replaced by x * mask in the adapter's branch (Srivastava et al. 2014).
  def dropout_mask(self: __torch__.Kernels, x: Tensor, p: float, training: bool) -> Tensor:
    return torch.dropout(torch.ones_like(x), p, training)

  def lora_dropped_backward_(self: __torch__.Kernels, dx: Tensor, u: Tensor, a: Tensor, mask: Tensor) -> Tensor:
    return torch.add_(dx, torch.mul_(torch.mm(u, torch.type_as(a, u)), mask))

  # ---- MLP ----

  # libtorch computes the end of a loop in other bits than its vectors, and each thread's share of the
  # numbers is a loop. So that an end is always that of a row: rows as they lie apart, as many as all
  # threads share evenly, then the others in parts too small to be shared.
  def rows_apart(self: __torch__.Kernels, x: Tensor) -> Tensor:
    n = torch.size(x, 1)
    if torch.__and__(torch.eq(torch.stride(x, 0), n), torch.ne(torch.remainder(n, 64), 0)):
      apart = torch.narrow(torch.constant_pad_nd(x, [0, 1], 0), 1, 0, n)
    else:
      apart = x
    return apart

  # Starts of the parts, and the end
  def shares(self: __torch__.Kernels, t: int, n: int) -> List[int]:
    threads = (self).threads()
    even = t - torch.remainder(t, threads)
    starts = annotate(List[int], [])
    if torch.eq((self).many(), 0):
      at = t
    else:
      if torch.ge(even * n, threads * 32768):
        at = even
      else:
        at = 0
    if torch.gt(at, 0):
      _0 = torch.append(starts, 0)
    else:
      _0 = starts
    few = ops.prim.max(1, torch.floordiv(16384, n))
    for i in range(torch.floordiv(t - at + few - 1, few)):
      _1 = torch.append(starts, at + i * few)
    return torch.append(starts, t)

  def silu_of(self: __torch__.Kernels, x: Tensor) -> Tensor:
    xa = (self).rows_apart(x)
    m = torch.new_empty(x, [torch.size(x, 0), torch.size(x, 1)])
    starts = (self).shares(torch.size(x, 0), torch.size(x, 1))
    for i in range(torch.len(starts) - 1):
      _0 = torch.silu(torch.slice(xa, 0, starts[i], starts[i + 1]), out=torch.slice(m, 0, starts[i], starts[i + 1]))
    return m

  # Without approximation libtorch hands numbers that lie together to oneDNN, for which all are alike
  def gelu_of(self: __torch__.Kernels, x: Tensor, approximate: str) -> Tensor:
    if torch.eq(approximate, "none"):
      m = torch.gelu(torch.contiguous(x), approximate=approximate)
    else:
      xa = (self).rows_apart(x)
      m = torch.new_empty(x, [torch.size(x, 0), torch.size(x, 1)])
      starts = (self).shares(torch.size(x, 0), torch.size(x, 1))
      for i in range(torch.len(starts) - 1):
        _0 = torch.gelu(torch.slice(xa, 0, starts[i], starts[i + 1]), approximate=approximate, out=torch.slice(m, 0, starts[i], starts[i + 1]))
    return m

  # y = [gate | up] -> m = silu(gate) up                          (Shazeer 2020, arXiv 2002.05202)
  def silu_gate(self: __torch__.Kernels, y: Tensor) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    return torch.mul_((self).silu_of(torch.narrow(y, 1, 0, n)), torch.narrow(y, 1, n, n))

  # m again, and dy = [dm up silu'(gate) | dm silu(gate)]; dm is used up
  def silu_gate_backward_(self: __torch__.Kernels, dm: Tensor, y: Tensor) -> List[Tensor]:
    n = torch.size(dm, 1)
    gate = torch.narrow(y, 1, 0, n)
    up = torch.narrow(y, 1, n, n)
    dy = torch.empty_like(y)
    s = torch.silu(gate)
    _0 = torch.mul(s, dm, out=torch.narrow(dy, 1, n, n))
    _1 = torch.silu_backward(torch.mul_(dm, up), gate, grad_input=torch.narrow(dy, 1, 0, n))
    return [torch.mul_(s, up), dy]

  # The same with GELU; approximate is "none" or "tanh"           (Hendrycks and Gimpel 2016)
  def gelu_gate(self: __torch__.Kernels, y: Tensor, approximate: str) -> Tensor:
    n = torch.floordiv(torch.size(y, 1), 2)
    return torch.mul_((self).gelu_of(torch.narrow(y, 1, 0, n), approximate), torch.narrow(y, 1, n, n))

  def gelu_gate_backward_(self: __torch__.Kernels, dm: Tensor, y: Tensor, approximate: str) -> List[Tensor]:
    n = torch.size(dm, 1)
    gate = torch.narrow(y, 1, 0, n)
    up = torch.narrow(y, 1, n, n)
    dy = torch.empty_like(y)
    s = torch.gelu(gate, approximate=approximate)
    _0 = torch.mul(s, dm, out=torch.narrow(dy, 1, n, n))
    _1 = torch.gelu_backward(torch.mul_(dm, up), gate, approximate=approximate, grad_input=torch.narrow(dy, 1, 0, n))
    return [torch.mul_(s, up), dy]

  # Without a gate: m = silu(y) or gelu(y)
  def silu(self: __torch__.Kernels, y: Tensor) -> Tensor:
    return (self).silu_of(y)

  def silu_backward_(self: __torch__.Kernels, dm: Tensor, y: Tensor) -> List[Tensor]:
    return [torch.silu(y), torch.silu_backward(dm, y, grad_input=dm)]

  def gelu(self: __torch__.Kernels, y: Tensor, approximate: str) -> Tensor:
    return (self).gelu_of(y, approximate)

  def gelu_backward_(self: __torch__.Kernels, dm: Tensor, y: Tensor, approximate: str) -> List[Tensor]:
    return [torch.gelu(y, approximate=approximate), torch.gelu_backward(dm, y, approximate=approximate, grad_input=dm)]

# With LoRA of rank 2 on every linear module, trained
  def forward_0(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], drop: bool, keep: bool) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    qkvt0 = (self).lora_down(n1, l[0])
    _0 = (self).lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    a = (self).conv1d_bias(o, w[4], w[5], whole)
    at0 = (self).lora_down(o, l[2])
    _1 = (self).lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, x)
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    yt0 = (self).lora_down(n2, l[4])
    _2 = (self).lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    zt0 = (self).lora_down(m, l[6])
    _3 = (self).lora_up_(z, zt0, l[7], 0.5)
    if keep:
      result = [torch.add_(z, x2), qkvt0, qkv, o, sums, at0, x2, yt0, y, zt0]
    else:
      result = [torch.add_(z, x2)]
    return result
  def backward_0(self: __torch__.Kernels, dout: Tensor, x: Tensor, rows: Tensor, kept: List[Tensor], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], g: List[Tensor]) -> Tensor:
    qkvt0 = kept[0]
    qkv = kept[1]
    o = kept[2]
    sums = kept[3]
    at0 = kept[4]
    x2 = kept[5]
    yt0 = kept[6]
    y = kept[7]
    zt0 = kept[8]
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    dz = dout
    dm = (self).conv1d_backward(dz, w[10])
    zu0 = (self).like(dz, 2)
    _4 = (self).lora_up_backward_(zu0, dz, l[7], 0.5)
    _5 = (self).lora_down_backward_(dm, zu0, l[6])
    both = (self).gelu_backward_(dm, y, "tanh")
    m = both[0]
    dy = both[1]
    _6 = (self).lora_a_(g[0], zu0, m)
    _7 = (self).lora_b_(g[1], dz, zt0, 0.5)
    dn2 = (self).conv1d_backward(dy, w[8])
    yu0 = (self).like(dy, 2)
    _8 = (self).lora_up_backward_(yu0, dy, l[5], 0.5)
    _9 = (self).lora_down_backward_(dn2, yu0, l[4])
    _10 = (self).lora_a_(g[2], yu0, n2)
    _11 = (self).lora_b_(g[3], dy, yt0, 0.5)
    _12 = (self).layer_norm_backward_(dout, dn2, x2, w[6], w[7], 1.0E-5)
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    da = dout
    do = (self).conv1d_backward(da, w[4])
    au0 = (self).like(da, 2)
    _13 = (self).lora_up_backward_(au0, da, l[3], 0.5)
    _14 = (self).lora_down_backward_(do, au0, l[2])
    _15 = (self).lora_a_(g[4], au0, o)
    _16 = (self).lora_b_(g[5], da, at0, 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    dqkv = torch.empty_like(qkv)
    dall = torch.view(dqkv, [-1, 12, 8])
    dq = torch.view(torch.narrow(dall, 1, 0, 4), [-1, 4, 1, 8])
    dk = torch.narrow(dall, 1, 4, 4)
    dv = torch.narrow(dall, 1, 8, 4)
    _17 = (self).attention_backward_(dq, dk, dv, do, q, k, v, o, sums, parts, masks, 0.35355339059327373)
    dn1 = (self).conv1d_backward(dqkv, w[2])
    qkvu0 = (self).like(dqkv, 2)
    _18 = (self).lora_up_backward_(qkvu0, dqkv, l[1], 0.5)
    _19 = (self).lora_down_backward_(dn1, qkvu0, l[0])
    _20 = (self).lora_a_(g[6], qkvu0, n1)
    _21 = (self).lora_b_(g[7], dqkv, qkvt0, 0.5)
    _22 = (self).layer_norm_backward_(dout, dn1, x, w[0], w[1], 1.0E-5)
    return dout
  def forward_1(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], drop: bool, keep: bool) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    qkvt0 = (self).lora_down(n1, l[0])
    _0 = (self).lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    a = (self).conv1d_bias(torch.index_select(o, 0, rows), w[4], w[5], whole)
    at0 = (self).lora_down(torch.index_select(o, 0, rows), l[2])
    _1 = (self).lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, torch.index_select(x, 0, rows))
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    yt0 = (self).lora_down(n2, l[4])
    _2 = (self).lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    zt0 = (self).lora_down(m, l[6])
    _3 = (self).lora_up_(z, zt0, l[7], 0.5)
    if keep:
      result = [torch.add_(z, x2), qkvt0, qkv, o, sums, at0, x2, yt0, y, zt0]
    else:
      result = [torch.add_(z, x2)]
    return result
  def backward_1(self: __torch__.Kernels, dout: Tensor, x: Tensor, rows: Tensor, kept: List[Tensor], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], g: List[Tensor]) -> Tensor:
    qkvt0 = kept[0]
    qkv = kept[1]
    o = kept[2]
    sums = kept[3]
    at0 = kept[4]
    x2 = kept[5]
    yt0 = kept[6]
    y = kept[7]
    zt0 = kept[8]
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    dz = dout
    dm = (self).conv1d_backward(dz, w[10])
    zu0 = (self).like(dz, 2)
    _4 = (self).lora_up_backward_(zu0, dz, l[7], 0.5)
    _5 = (self).lora_down_backward_(dm, zu0, l[6])
    both = (self).gelu_backward_(dm, y, "tanh")
    m = both[0]
    dy = both[1]
    _6 = (self).lora_a_(g[0], zu0, m)
    _7 = (self).lora_b_(g[1], dz, zt0, 0.5)
    dn2 = (self).conv1d_backward(dy, w[8])
    yu0 = (self).like(dy, 2)
    _8 = (self).lora_up_backward_(yu0, dy, l[5], 0.5)
    _9 = (self).lora_down_backward_(dn2, yu0, l[4])
    _10 = (self).lora_a_(g[2], yu0, n2)
    _11 = (self).lora_b_(g[3], dy, yt0, 0.5)
    _12 = (self).layer_norm_backward_(dout, dn2, x2, w[6], w[7], 1.0E-5)
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    da = dout
    do = (self).conv1d_backward(da, w[4])
    au0 = (self).like(da, 2)
    _13 = (self).lora_up_backward_(au0, da, l[3], 0.5)
    _14 = (self).lora_down_backward_(do, au0, l[2])
    _15 = (self).lora_a_(g[4], au0, torch.index_select(o, 0, rows))
    _16 = (self).lora_b_(g[5], da, at0, 0.5)
    do = torch.index_add_(torch.zeros_like(o), 0, rows, do)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    dqkv = torch.empty_like(qkv)
    dall = torch.view(dqkv, [-1, 12, 8])
    dq = torch.view(torch.narrow(dall, 1, 0, 4), [-1, 4, 1, 8])
    dk = torch.narrow(dall, 1, 4, 4)
    dv = torch.narrow(dall, 1, 8, 4)
    _17 = (self).attention_backward_(dq, dk, dv, do, q, k, v, o, sums, parts, masks, 0.35355339059327373)
    dn1 = (self).conv1d_backward(dqkv, w[2])
    qkvu0 = (self).like(dqkv, 2)
    _18 = (self).lora_up_backward_(qkvu0, dqkv, l[1], 0.5)
    _19 = (self).lora_down_backward_(dn1, qkvu0, l[0])
    _20 = (self).lora_a_(g[6], qkvu0, n1)
    _21 = (self).lora_b_(g[7], dqkv, qkvt0, 0.5)
    dout = torch.index_add_(torch.zeros_like(x), 0, rows, dout)
    _22 = (self).layer_norm_backward_(dout, dn1, x, w[0], w[1], 1.0E-5)
    return dout
# All of the checkpoint's own tensors trained
  def forward_0(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], drop: bool, keep: bool) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    a = (self).conv1d_bias(o, w[4], w[5], whole)
    x2 = torch.add_(a, x)
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    if keep:
      result = [torch.add_(z, x2), qkv, o, sums, x2, y]
    else:
      result = [torch.add_(z, x2)]
    return result
  def backward_0(self: __torch__.Kernels, dout: Tensor, x: Tensor, rows: Tensor, kept: List[Tensor], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], g: List[Tensor]) -> Tensor:
    qkv = kept[0]
    o = kept[1]
    sums = kept[2]
    x2 = kept[3]
    y = kept[4]
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    dz = dout
    dm = (self).conv1d_backward(dz, w[10])
    both = (self).gelu_backward_(dm, y, "tanh")
    m = both[0]
    dy = both[1]
    _0 = (self).conv1d_weight_(g[0], dz, m)
    _1 = (self).bias_(g[1], dz)
    dn2 = (self).conv1d_backward(dy, w[8])
    _2 = (self).conv1d_weight_(g[2], dy, n2)
    _3 = (self).bias_(g[3], dy)
    _4 = (self).layer_norm_weight_(g[4], g[5], dn2, x2, w[6], w[7], 1.0E-5)
    _5 = (self).layer_norm_backward_(dout, dn2, x2, w[6], w[7], 1.0E-5)
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    da = dout
    do = (self).conv1d_backward(da, w[4])
    _6 = (self).conv1d_weight_(g[6], da, o)
    _7 = (self).bias_(g[7], da)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    dqkv = torch.empty_like(qkv)
    dall = torch.view(dqkv, [-1, 12, 8])
    dq = torch.view(torch.narrow(dall, 1, 0, 4), [-1, 4, 1, 8])
    dk = torch.narrow(dall, 1, 4, 4)
    dv = torch.narrow(dall, 1, 8, 4)
    _8 = (self).attention_backward_(dq, dk, dv, do, q, k, v, o, sums, parts, masks, 0.35355339059327373)
    dn1 = (self).conv1d_backward(dqkv, w[2])
    _9 = (self).conv1d_weight_(g[8], dqkv, n1)
    _10 = (self).bias_(g[9], dqkv)
    _11 = (self).layer_norm_weight_(g[10], g[11], dn1, x, w[0], w[1], 1.0E-5)
    _12 = (self).layer_norm_backward_(dout, dn1, x, w[0], w[1], 1.0E-5)
    return dout
  def forward_1(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], drop: bool, keep: bool) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    a = (self).conv1d_bias(torch.index_select(o, 0, rows), w[4], w[5], whole)
    x2 = torch.add_(a, torch.index_select(x, 0, rows))
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    if keep:
      result = [torch.add_(z, x2), qkv, o, sums, x2, y]
    else:
      result = [torch.add_(z, x2)]
    return result
  def backward_1(self: __torch__.Kernels, dout: Tensor, x: Tensor, rows: Tensor, kept: List[Tensor], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor], g: List[Tensor]) -> Tensor:
    qkv = kept[0]
    o = kept[1]
    sums = kept[2]
    x2 = kept[3]
    y = kept[4]
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    dz = dout
    dm = (self).conv1d_backward(dz, w[10])
    both = (self).gelu_backward_(dm, y, "tanh")
    m = both[0]
    dy = both[1]
    _0 = (self).conv1d_weight_(g[0], dz, m)
    _1 = (self).bias_(g[1], dz)
    dn2 = (self).conv1d_backward(dy, w[8])
    _2 = (self).conv1d_weight_(g[2], dy, n2)
    _3 = (self).bias_(g[3], dy)
    _4 = (self).layer_norm_weight_(g[4], g[5], dn2, x2, w[6], w[7], 1.0E-5)
    _5 = (self).layer_norm_backward_(dout, dn2, x2, w[6], w[7], 1.0E-5)
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    da = dout
    do = (self).conv1d_backward(da, w[4])
    _6 = (self).conv1d_weight_(g[6], da, torch.index_select(o, 0, rows))
    _7 = (self).bias_(g[7], da)
    do = torch.index_add_(torch.zeros_like(o), 0, rows, do)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    dqkv = torch.empty_like(qkv)
    dall = torch.view(dqkv, [-1, 12, 8])
    dq = torch.view(torch.narrow(dall, 1, 0, 4), [-1, 4, 1, 8])
    dk = torch.narrow(dall, 1, 4, 4)
    dv = torch.narrow(dall, 1, 8, 4)
    _8 = (self).attention_backward_(dq, dk, dv, do, q, k, v, o, sums, parts, masks, 0.35355339059327373)
    dn1 = (self).conv1d_backward(dqkv, w[2])
    _9 = (self).conv1d_weight_(g[8], dqkv, n1)
    _10 = (self).bias_(g[9], dqkv)
    dout = torch.index_add_(torch.zeros_like(x), 0, rows, dout)
    _11 = (self).layer_norm_weight_(g[10], g[11], dn1, x, w[0], w[1], 1.0E-5)
    _12 = (self).layer_norm_backward_(dout, dn1, x, w[0], w[1], 1.0E-5)
    return dout
# Generating, with that LoRA
  def prefill_0(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor]) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    qkvt0 = (self).lora_down(n1, l[0])
    _0 = (self).lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    cache = (self).prompt_cache(k, v, parts, 2147483646)
    a = (self).conv1d_bias(o, w[4], w[5], whole)
    at0 = (self).lora_down(o, l[2])
    _1 = (self).lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, x)
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    yt0 = (self).lora_down(n2, l[4])
    _2 = (self).lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    zt0 = (self).lora_down(m, l[6])
    _3 = (self).lora_up_(z, zt0, l[7], 0.5)
    return torch.add([torch.add_(z, x2)], cache)
  def step_0(self: __torch__.Kernels, x: Tensor, rotary: List[Tensor], own: List[Tensor], prompts: List[Tensor], groups: List[int], t: int, w: List[Tensor], l: List[Tensor]) -> Tensor:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).step_conv1d_bias(n1, w[2], w[3])
    qkvt0 = (self).step_lora_down(n1, l[0])
    _4 = (self).step_lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    o = (self).cached_attention(q, k, v, own, prompts, groups, t, 2147483647, 0.35355339059327373, 0.0)
    a = (self).step_conv1d_bias(o, w[4], w[5])
    at0 = (self).step_lora_down(o, l[2])
    _5 = (self).step_lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, x)
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).step_conv1d_bias(n2, w[8], w[9])
    yt0 = (self).step_lora_down(n2, l[4])
    _6 = (self).step_lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).step_conv1d_bias(m, w[10], w[11])
    zt0 = (self).step_lora_down(m, l[6])
    _7 = (self).step_lora_up_(z, zt0, l[7], 0.5)
    return torch.add_(z, x2)
  def prefill_1(self: __torch__.Kernels, x: Tensor, rows: Tensor, whole: List[int], rotary: List[Tensor], parts: List[int], masks: Tensor, w: List[Tensor], l: List[Tensor]) -> List[Tensor]:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).conv1d_bias(n1, w[2], w[3], whole)
    qkvt0 = (self).lora_down(n1, l[0])
    _0 = (self).lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    heads = (self).attention(q, k, v, parts, masks, 0.35355339059327373)
    o = heads[0]
    sums = heads[1]
    cache = (self).prompt_cache(k, v, parts, 2147483646)
    a = (self).conv1d_bias(torch.index_select(o, 0, rows), w[4], w[5], whole)
    at0 = (self).lora_down(torch.index_select(o, 0, rows), l[2])
    _1 = (self).lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, torch.index_select(x, 0, rows))
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).conv1d_bias(n2, w[8], w[9], whole)
    yt0 = (self).lora_down(n2, l[4])
    _2 = (self).lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).conv1d_bias(m, w[10], w[11], whole)
    zt0 = (self).lora_down(m, l[6])
    _3 = (self).lora_up_(z, zt0, l[7], 0.5)
    return torch.add([torch.add_(z, x2)], cache)
  def step_1(self: __torch__.Kernels, x: Tensor, rotary: List[Tensor], own: List[Tensor], prompts: List[Tensor], groups: List[int], t: int, w: List[Tensor], l: List[Tensor]) -> Tensor:
    n1 = (self).layer_norm(x, w[0], w[1], 1.0E-5)
    qkv = (self).step_conv1d_bias(n1, w[2], w[3])
    qkvt0 = (self).step_lora_down(n1, l[0])
    _4 = (self).step_lora_up_(qkv, qkvt0, l[1], 0.5)
    all = torch.view(qkv, [-1, 12, 8])
    q = torch.view(torch.narrow(all, 1, 0, 4), [-1, 4, 1, 8])
    k = torch.narrow(all, 1, 4, 4)
    v = torch.narrow(all, 1, 8, 4)
    o = (self).cached_attention(q, k, v, own, prompts, groups, t, 2147483647, 0.35355339059327373, 0.0)
    a = (self).step_conv1d_bias(o, w[4], w[5])
    at0 = (self).step_lora_down(o, l[2])
    _5 = (self).step_lora_up_(a, at0, l[3], 0.5)
    x2 = torch.add_(a, x)
    n2 = (self).layer_norm(x2, w[6], w[7], 1.0E-5)
    y = (self).step_conv1d_bias(n2, w[8], w[9])
    yt0 = (self).step_lora_down(n2, l[4])
    _6 = (self).step_lora_up_(y, yt0, l[5], 0.5)
    m = (self).gelu(y, "tanh")
    z = (self).step_conv1d_bias(m, w[10], w[11])
    zt0 = (self).step_lora_down(m, l[6])
    _7 = (self).step_lora_up_(z, zt0, l[7], 0.5)
    return torch.add_(z, x2)
  def embedded(self: __torch__.Kernels, ids: Tensor, positions: Tensor, w: List[Tensor]) -> Tensor:
    x = (self).embed(ids, w[0], 1.0, 6)
    x = torch.add_(x, (self).embed(positions, w[1], 1.0, 6))
    return x
  def next(self: __torch__.Kernels, x: Tensor, w: List[Tensor]) -> List[Tensor]:
    h = (self).layer_norm(x, w[2], w[3], 1.0E-5)
    z = (self).next_logits(h, w[0], annotate(List[Tensor], []), 0.0, 512)
    return [z, (self).log_sums(z)]
  def step(self: __torch__.Kernels, ids: Tensor, positions: Tensor, tables: List[Tensor], own: List[Tensor], prompts: List[Tensor], groups: List[int], t: int, ws: List[Tensor], ls: List[Tensor], w: List[Tensor]) -> List[Tensor]:
    x = (self).embedded(ids, positions, w)
    n = torch.mul(torch.len(groups), 2)
    x = (self).step_0(x, torch.slice(tables, 0, 0, 1), torch.slice(own, 0, 2, 1), torch.slice(prompts, n * 0, n * 1, 1), groups, t, torch.slice(ws, 0, 12, 1), torch.slice(ls, 0, 8, 1))
    x = (self).step_1(x, torch.slice(tables, 0, 0, 1), torch.slice(own, 2, 4, 1), torch.slice(prompts, n * 1, n * 2, 1), groups, t, torch.slice(ws, 12, 24, 1), torch.slice(ls, 8, 16, 1))
    return (self).next(x, w)

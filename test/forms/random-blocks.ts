/** The blocks and the inner model of the generator that a text names, and those that they name in turn. */
export function declarationsFor(text: string): string {
  const taken = new Set<string>();
  const take = (from: string) => {
    for (const [name, declaration] of declarations) {
      if (taken.has(declaration) || !new RegExp(`\\b${name}\\b`).test(from)) continue;
      taken.add(declaration);
      take(declaration);
    }
  };
  take(text);
  return [...taken].map((declaration) => `${declaration}\n\n`).join('');
}

const declarations = `block Unit(x, channels: int, kernel: size = 3, stride: size = 1, act: activation = relu) {
  return x -> conv: Conv(channels, kernel, stride, bias: false) -> bn: BatchNorm -> act
}

block Excite(x, reduced: int, act: activation = relu, gate: activation = sigmoid) {
  g = x -> GlobalAvgPool -> reduce: Conv(reduced, 1) -> act -> expand: Conv(x.channels, 1) -> gate
  return x -> Mul(g)
}

block Inverted(x, channels: int, kernel: int, ratio: real, act: activation) {
  return x
    -> expand: Unit(x.channels * 2, 1, act: act)
    -> depthwise: Conv(x.channels * 2, kernel, groups: x.channels * 2) -> act
    -> se: Excite(max(1, floor(x.channels * ratio)), act: act)      if ratio > 0
    -> project: Unit(channels, 1, act: identity)
    -> DropPath(0.1)                                                if x.channels == channels
    -> Add(x)                                                       if x.channels == channels
}

block Turned(x) {
  left, right = Split(x, 2)
  return Concat(right, left)
}

block Branches(x, channels: int, act: activation = relu) {
  each = [x -> branch: Conv(channels, kernel: k, dilation: gap, padding: symmetric) -> act for k, gap in [1, 3, 3], [1, 1, 2]]
  return Concat(each)
}

block Summed(x, count: int) {
  list = [x -> scale: BatchNorm -> tanh for i in [1, 2, 3]]
  y = Add(list)
  return Add(x, y, x)
    -> norm: BatchNorm             if x.channels > count
    -> Add(y, y)
}

block Repeated(x, count: int) {
  each = [x -> norm: BatchNorm -> relu for i in count]
  parts = Split(Concat(each), len(each))
  return Add([parts[i] for i in len(parts)]) -> Add([x])
}

block Gathered(x, others: tensor[], rate: real = 0.5) {
  scaled = [y -> scale: BatchNorm for y in others]
  return Concat(Add([x -> tanh, x -> Dropout(rate)]), Concat(scaled)) -> GlobalAvgPool   if len(others) > 2
}

block Either(x, channels: int, wide: bool) {
  y = x if x.channels % 2 == 1 else (x -> norm: BatchNorm)
  return y
    -> fc: Linear(channels if wide else 2 * channels)   if wide
    -> fc: Linear(channels, bias: false)                if not wide
}

block Paired(x, channels: int, act: activation = relu) {
  one, two = [y -> share(norms: separate) unit: Unit(channels, act: act) for y in [x, x -> tanh]]
  return one -> share(norms: separate) again: Unit(channels) -> Mul(two -> share(norms: separate) again: Unit(channels))
}

block Twice(x) {
  return x
    -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm
    -> share mix: Conv(x.channels, 1) -> share norm: BatchNorm -> relu
}

block Scaled(x, initial: real) {
  gamma = Weight([x.channels, 1, 1], initial)
  shares = [relu(Weight([1, 1, 1], 1)) for i in 2]
  return Div(Add(Mul(x, gamma, shares[0]), Mul(x, shares[1])), Add(shares, 1e-4))
}

block Looking(x, heads: int) {
  y = x -> Attend(x, x, heads)
  around = x -> AvgPool(2, padding: same)
  return Split(Concat(y, x, x), 3) -> Attend(heads) -> Attend(around, around, heads) -> Add(x)
}

block Responsive(x) {
  places = Weight([1, x.height, x.width], std: 0.5)
  y = x -> Add(places)
  response = Mul(y, y) -> GlobalAvgPool -> Power(0.5)
  return y -> Mul(Div(response, Add(response -> ChannelMean, 0.1))) -> Add(x)
}

block Attended(x, act: activation = relu) {
  gate = Add(x -> GlobalAvgPool, x -> GlobalMaxPool) -> mix: Conv(x.channels, 1) -> act
  y = x -> Mul(gate)
  pixels = Concat(y -> ChannelMean, y -> ChannelMax) -> spatial: Conv(1, 3) -> hardsigmoid(0.2)
  return y -> Mul(pixels)
}

block Next(x, ratio: int, act: activation = gelu) {
  return x
    -> depthwise: Conv(x.channels, [1, 3], groups: x.channels) -> norm: LayerNorm(1e-2)
    -> expand: Conv(ratio * x.channels, 1) -> act
    -> groups: GroupNorm(ratio)
    -> project: Conv(x.channels, 1)
    -> Add(x)
}

block Selected(x, act: activation = leaky_relu(0.1)) {
  a = x -> one: Conv(x.channels, 1) -> act
  b = x -> other: Conv(x.channels, 3, groups: x.channels) -> act
  shares = Concat(a -> ChannelMean, b -> ChannelMean) -> softmax
  left, right = Split(shares, 2)
  return Add(Mul(a, left), Mul(b, right)) -> LocalResponseNorm(3) -> Normalise(0.1)
}

block Doubled(x) {
  return x
    -> conv: Conv(x.channels, 1, groups: x.channels)   if x.channels > 1
    -> Add(x)
    -> relu6                                           if x.height > 3 and x.width > 2
}

block Parallel(x, channels: int, groups: int, stride: int = 1, gap: int = 1, act: activation = relu) {
  wide = x -> wide: Conv(channels, 3, stride, groups, bias: false, padding: symmetric) -> wide_bn: BatchNorm
  flat = x -> flat: Conv(channels, [1, 3], stride, dilation: [1, gap], padding: [0, gap]) -> flat_bn: BatchNorm
  point = x -> point: Conv(channels, 1, stride, groups, padding: valid)
  return Add(wide, flat, point)
    -> Add(x -> norm: BatchNorm, x)   if stride == 1 and x.channels == channels
    -> act
}

/// What is built depends on the point of the family.
model Inner {
  param growth: int = 2 + phi
  param act: activation = relu if variant == deep else tanh

  scaling phi {
    d = 1 + phi / 2
    w = 1.25 ^ phi
    w(n) = ceil(n * w)
  }

  variants {
    | name | phi | growth | d |
    | flat | 0   |        | 1 |
    | deep | 2   | 3      |   |
  }

  input x: [3, 8, 8]
  stem: Unit(w(3), act: act)
  rows: Unit(act: act) {
    | name | repeat | channels       | kernel                 |
    | a    | d(1)   | growth         | 3 if phi % 2 == 0 else 1 |
    | b    | 1      | growth + index | 1                      |
  }
  return rows.a, last: rows -> fuse: Conv(w(2), 1)
}`
  .split(/\n\n(?=block |\/\/\/)/)
  .map((declaration): [name: string, declaration: string] => [
    /^(?:block|model) (\w+)/m.exec(declaration)![1]!,
    declaration,
  ]);

import { expect, test } from 'vitest';
import { format } from '../../src/1-parse/format.ts';
import { samples } from '../parse/arbitrary.ts';
import { processorTime } from '../processor-time.ts';

function formatted(text: string): string {
  const { text: result, diagnostics } = format({ name: 'x', text });
  expect(diagnostics).toEqual([]);
  expect(format({ name: 'x', text: result }).text).toBe(result);
  return result;
}

test('the samples are canonical, but for one chain that its author left ragged', () => {
  for (const [name, text] of samples) if (name !== 'mobilenetv3.enet') expect(formatted(text)).toBe(text);
  const ragged = samples.get('mobilenetv3.enet') ?? '';
  const result = formatted(ragged).split('\n');
  const changed = ragged.split('\n').filter((line, i) => line !== result[i]);
  expect(changed.every((line) => / {3}if (expand != 1|residual)$/.test(line))).toBe(true);
  expect(changed.length).toBe(3);
});

test('spacing, indents and blank lines', () => {
  const text = `import {A,B} from "x"
import { C } from "y"
block Foo( x ,n:int=2,act:activation = relu ) { y=x->conv:Conv( n,kernel : 3 )->relu
   z = - ( 1+2 )*w [ 0 ] .height ^ - 2


   a,b=Split( y ,2 ) require not(n==2)
return out:a,b }
model M {

  param classes:int=10

  param layers : int [ ] = [ 3,4 ]
  convention torch ( epsilon : 1e-3 )
  scaling phi { d=1.2^phi w(n)=round(n*w,8) }
  input image:[3,8,8](mean:0)
  stages:B(n:2){rows}
  last : [ x -> y:Conv( 1 ) for i , j in [1,2] , [3] ]

}
model Empty{}`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "import { A, B } from "x"
    import { C } from "y"

    block Foo(x, n: int = 2, act: activation = relu) {
      y = x -> conv: Conv(n, kernel: 3) -> relu
      z = -(1 + 2) * w[0].height ^ -2

      a, b = Split(y, 2)
      require not (n == 2)
      return out: a, b
    }

    model M {
      param classes: int = 10

      param layers: int[] = [3, 4]
      convention torch(epsilon: 1e-3)
      scaling phi {
        d = 1.2 ^ phi
        w(n) = round(n * w, 8)
      }
      input image: [3, 8, 8] (mean: 0)
      stages: B(n: 2) { rows }
      last: [x -> y: Conv(1) for i, j in [1, 2], [3]]
    }

    model Empty {}
    "
  `);
});

test('tables are aligned, their comments kept', () => {
  const text = `model M {
  stages: B { // the stages
    // before the header
    |repeat|channels|n| // header

    |d(1)|w(16), w(24)||
    // between

    // more


    |d( 20 )|{3,5}|"日本"|// last
    | 1 | 2 // inside
      + 3 | |
    // after
  } -> MaxPool(2)
  variants {
    | name | phi |
    | a | 1 | }
}`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "model M {
      stages: B {  // the stages
        // before the header
        | repeat | channels     | n      |   // header

        | d(1)   | w(16), w(24) |        |
        // between

        // more

        | d(20)  | {3, 5}       | "日本" |   // last
        // inside
        | 1      | 2 + 3        |        |
        // after
      } -> MaxPool(2)
      variants {
        | name | phi |
        | a    | 1   |
      }
    }
    "
  `);
});

test('chains: on one line or several as the author has it, broken where too long', () => {
  const text = `block B(x) {
  a = x -> one -> two
    -> three(1) -> four
  b = x ->
    one
  return x -> first: ConvBnAct(channels, kernel: 3, stride: 2, act: activation) -> second: ConvBnAct(channels, kernel: 3) -> relu
}`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "block B(x) {
      a = x -> one -> two
        -> three(1) -> four
      b = x
        -> one
      return x
        -> first: ConvBnAct(channels, kernel: 3, stride: 2, act: activation)
        -> second: ConvBnAct(channels, kernel: 3)
        -> relu
    }
    "
  `);
});

test('conditions stand in a column', () => {
  const text = `block B(x) {
  a = x -> one if x.channels == 2
  b = x
    -> one(1) if n > 1
    -> longer(1, 2)
    -> two(1, 2) -> three if n > 2 // note
    -> four if n == 1 -> five
  c = x
    -> one        if n > 1
    -> three(1)   if n > 1
  return x
}`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "block B(x) {
      a = x -> one if x.channels == 2
      b = x
        -> one(1)              if n > 1
        -> longer(1, 2)
        -> two(1, 2) -> three  if n > 2  // note
        -> four if n == 1 -> five
      c = x
        -> one        if n > 1
        -> three(1)   if n > 1
      return x
    }
    "
  `);
});

test('lists: as the author broke them, and at 120 columns', () => {
  const text = `block MBConv(x, channels: int, kernel: int = 3, stride: int = 1, expand: real = 6, se: real = 0, act: activation = relu, drop: real = 0) {
  return Concat(
    x -> a: Conv(1),
      x -> b: Conv(1) -> c
      -> d,
    [1,
     2]
  )
}
model M {
  param rows: int[] = [11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111]
}`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "block MBConv(x, channels: int, kernel: int = 3, stride: int = 1, expand: real = 6, se: real = 0, act: activation = relu,
                 drop: real = 0) {
      return Concat(
        x -> a: Conv(1),
        x -> b: Conv(1) -> c
          -> d,
        [1,
         2])
    }

    model M {
      param rows: int[] = [11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111, 11111,
                           11111]
    }
    "
  `);
});

test('outputs: on one line, or one per line where the author broke them or they are too long', () => {
  const long = Array.from({ length: 7 }, (_, i) => `output_number_${i}: a -> relu`);
  const text = `model M {
  return x: a, y: b,
    z: c -> relu
  auxiliary 0.3: a,
    b -> fc: Linear(10)
}
model N { return ${long.join(',')} }
block B(x) {
  return x, // the first
  x -> relu }
block C(x) { return x->relu,x }
block D(x) {
  return x, Concat(
    x -> relu,
    x)
}
`;
  expect(formatted(text)).toBe(`model M {
  return x: a,
         y: b,
         z: c -> relu
  auxiliary 0.3: a,
                 b -> fc: Linear(10)
}

model N {
  return ${long.join(',\n         ')}
}

block B(x) {
  return x,  // the first
         x -> relu
}

block C(x) {
  return x -> relu, x
}

block D(x) {
  return x, Concat(
    x -> relu,
    x)
}
`);
});

test('comments anywhere', () => {
  const text = `// head

/// doc of B
block B( // params
  x // tensor
  , n: int // count
) // before the brace
{ // body
  // first
  y = // value
    x // start
    -> conv: // label
      Conv(n // filters
        , 3) // end

  // last
} // after B
/// doc of C
block C(x) { return x }
// tail`;
  expect(formatted(text)).toMatchInlineSnapshot(`
    "// head

    /// doc of B
    block B(  // params
      x,  // tensor
      n: int   // count
      )  // before the brace
      {  // body
      // first
      y =  // value
        x  // start
        -> conv:  // label
          Conv(n,  // filters
               3)  // end

      // last
    }  // after B

    /// doc of C
    block C(x) {
      return x
    }
    // tail
    "
  `);
});

test('a file with syntax errors comes back as it is', () => {
  const text = 'model M {  x:  Conv(8  }';
  const result = format({ name: 'x', text });
  expect(result.text).toBe(text);
  expect(result.diagnostics.map((d) => d.code)).toEqual(['unclosed-bracket']);
});

test('line ends, byte-order mark, nothing', () => {
  expect(formatted('\ufeffmodel M {\r\n  x: Conv\r\n\r\n\r\n  y: Conv\r\n}')).toBe(
    '\ufeffmodel M {\r\n  x: Conv\r\n\r\n  y: Conv\r\n}\r\n',
  );
  expect(formatted('')).toBe('');
  expect(formatted(' \n\n')).toBe('');
  expect(formatted('\n\n// only\n\n\n// comments  ')).toBe('// only\n\n// comments\n');
});

test('ten thousand rows in little time; a hostile table does not blow up', () => {
  const rows = (n: number) => `model M {\n  s: X {\n| a | b |\n${'| d(1) | w(16) |\n'.repeat(n)}  }\n}\n`;
  formatted(rows(100));
  const start = processorTime();
  formatted(rows(10_000));
  // Twice formatted, on a slow machine.
  expect(processorTime() - start).toBeLessThan(8000);
  const hostile = `model M {\n  s: X {\n| ${'x'.repeat(100_000)} |\n${'| 1 |\n'.repeat(10_000)}  }\n}\n`;
  expect(formatted(hostile).length).toBeLessThan(1_000_000);
});

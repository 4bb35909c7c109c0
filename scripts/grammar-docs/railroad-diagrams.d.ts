/** The part of the package that is used here; the package has no types. */
declare module '@prantlf/railroad-diagrams' {
  export class Item {
    private readonly item: true;
  }
  export class Diagram extends Item {
    constructor(...items: Item[]);
    toStandalone(style?: string): string;
  }
  export class Sequence extends Item {
    constructor(...items: Item[]);
  }
  export class Choice extends Item {
    constructor(normal: number, ...items: Item[]);
  }
  export class Stack extends Item {
    constructor(...items: Item[]);
  }
  export class Optional extends Item {
    constructor(item: Item);
  }
  export class OneOrMore extends Item {
    constructor(item: Item, separator?: Item);
  }
  export class ZeroOrMore extends Item {
    constructor(item: Item, separator?: Item);
  }
  export class Terminal extends Item {
    constructor(text: string);
  }
  export class NonTerminal extends Item {
    constructor(text: string);
  }
}

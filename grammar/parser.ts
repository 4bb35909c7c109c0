import type {
  CstNode,
  IParserErrorMessageProvider,
  IRecognitionException,
  ISyntacticContentAssistPath,
  IToken,
} from 'chevrotain';
import { BoundedCstParser } from './parser-base.ts';
import * as t from './tokens.ts';

const k = t.keywordTokens;

/** An error's message is just what was expected, where that is one token: `src/1-parse/syntax-errors.ts` makes the sentence. */
const errorMessageProvider: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => '',
  buildNoViableAltMessage: () => '',
  buildEarlyExitMessage: () => '',
};

/**
 * The parser: LL(2), without gates, tolerant. It builds a concrete tree; `src/1-parse/` makes the AST of it. A chain
 * of infix operators is one flat rule here: precedence is a matter of the AST, and a flat rule keeps a table of ten
 * thousand rows cheap.
 */
class EnetParser extends BoundedCstParser {
  constructor(analysed: (() => EnetParser) | undefined, skipValidations = true) {
    const options = {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider,
    } as const;
    // Not in chevrotain's public type; the grammar is checked by a test and not at every start.
    super({ ...options, skipValidations } as typeof options, analysed);
    this.prepare();
  }

  public file = this.RULE('file', () => {
    this.MANY(() => this.SUBRULE(this.importDeclaration));
    this.MANY2(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.model) },
        { ALT: () => this.SUBRULE(this.weights) },
      ]),
    );
  });

  private importDeclaration = this.RULE('importDeclaration', () => {
    this.CONSUME(k.import);
    this.CONSUME(t.LBrace);
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Name);
    });
    this.CONSUME(t.RBrace);
    this.CONSUME(k.from);
    this.CONSUME(t.StringLiteral);
  });

  private block = this.RULE('block', () => {
    this.CONSUME(k.block);
    this.CONSUME(t.Name);
    this.CONSUME(t.LParen);
    this.SUBRULE(this.parameter);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.parameter);
    });
    this.CONSUME(t.RParen);
    this.CONSUME(t.LBrace);
    this.MANY2(() => this.SUBRULE(this.statement));
    this.CONSUME(t.RBrace);
  });

  private parameter = this.RULE('parameter', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equal);
      this.SUBRULE(this.chain);
    });
  });

  private type = this.RULE('type', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(k.block) },
      { ALT: () => this.CONSUME(k.table) },
    ]);
    this.OPTION(() => {
      this.CONSUME(t.LBracket);
      this.CONSUME(t.RBracket);
    });
  });

  private statement = this.RULE('statement', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.returnStatement) },
      { ALT: () => this.SUBRULE(this.requireStatement) },
      { ALT: () => this.SUBRULE(this.assignment) },
    ]);
  });

  private returnStatement = this.RULE('returnStatement', () => {
    this.CONSUME(k.return);
    this.SUBRULE(this.output);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.output);
    });
  });

  private output = this.RULE('output', () => {
    this.OPTION(() => {
      this.CONSUME(t.Name);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.chain);
  });

  private requireStatement = this.RULE('requireStatement', () => {
    this.CONSUME(k.require);
    this.SUBRULE(this.expression);
  });

  private assignment = this.RULE('assignment', () => {
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Name);
    });
    this.CONSUME(t.Equal);
    this.SUBRULE(this.chain);
  });

  private model = this.RULE('model', () => {
    this.CONSUME(k.model);
    this.CONSUME(t.Name);
    this.CONSUME(t.LBrace);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.modelParameter) },
        { ALT: () => this.SUBRULE(this.convention) },
        { ALT: () => this.SUBRULE(this.inputDeclaration) },
        { ALT: () => this.SUBRULE(this.auxiliary) },
        { ALT: () => this.SUBRULE(this.maximize) },
        { ALT: () => this.SUBRULE(this.scaling) },
        { ALT: () => this.SUBRULE(this.variants) },
        { ALT: () => this.SUBRULE(this.table) },
        { ALT: () => this.SUBRULE(this.section) },
        { ALT: () => this.SUBRULE(this.statement) },
      ]),
    );
    this.CONSUME(t.RBrace);
  });

  private modelParameter = this.RULE('modelParameter', () => {
    this.CONSUME(k.param);
    this.SUBRULE(this.parameter);
  });

  private convention = this.RULE('convention', () => {
    this.CONSUME(k.convention);
    this.CONSUME(t.Name);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  private inputDeclaration = this.RULE('inputDeclaration', () => {
    this.CONSUME(k.input);
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  private auxiliary = this.RULE('auxiliary', () => {
    this.CONSUME(k.auxiliary);
    this.SUBRULE(this.expression);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.chain);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.chain);
    });
  });

  private maximize = this.RULE('maximize', () => {
    this.CONSUME(k.maximize);
    this.SUBRULE(this.expression);
  });

  private scaling = this.RULE('scaling', () => {
    this.CONSUME(k.scaling);
    this.OPTION(() => this.CONSUME(t.Name));
    this.CONSUME(t.LBrace);
    this.MANY(() => this.SUBRULE(this.scalingEntry));
    this.CONSUME(t.RBrace);
  });

  private scalingEntry = this.RULE('scalingEntry', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.LParen);
      this.CONSUME2(t.Name);
      this.CONSUME(t.RParen);
    });
    this.CONSUME(t.Equal);
    this.SUBRULE(this.expression);
  });

  private variants = this.RULE('variants', () => {
    this.CONSUME(k.variants);
    this.SUBRULE(this.rows);
  });

  private table = this.RULE('table', () => {
    this.CONSUME(k.table);
    this.CONSUME(t.Name);
    this.SUBRULE(this.rows);
  });

  private section = this.RULE('section', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.OPTION2(() => this.SUBRULE(this.sharing));
    this.OPTION(() => {
      this.CONSUME2(t.Name);
      this.CONSUME2(t.Colon);
    });
    this.SUBRULE(this.expression);
    this.SUBRULE(this.tail);
    this.MANY(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE(this.step);
    });
  });

  private weights = this.RULE('weights', () => {
    this.CONSUME(k.weights);
    this.CONSUME(t.Name);
    this.SUBRULE(this.mapRows);
  });

  private mapRows = this.RULE('mapRows', () => {
    this.CONSUME(t.LBrace);
    this.MANY(() => this.SUBRULE(this.sourceConvention));
    this.SUBRULE(this.header);
    this.MANY2(() => this.SUBRULE(this.row));
    this.CONSUME(t.RBrace);
  });

  private sourceConvention = this.RULE('sourceConvention', () => {
    this.CONSUME(k.convention);
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.CONSUME2(t.Name);
    this.OPTION(() => this.SUBRULE(this.args));
    this.OPTION2(() => {
      this.CONSUME(k.for);
      this.SUBRULE(this.variantName);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.variantName);
      });
    });
  });

  private variantName = this.RULE('variantName', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.NumberLiteral) }]);
  });

  private chain = this.RULE('chain', () => {
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(k.if);
      this.SUBRULE2(this.expression);
      this.CONSUME(k.else);
      this.SUBRULE3(this.expression);
    });
    this.MANY2(() => {
      this.CONSUME(t.Arrow);
      this.SUBRULE(this.step);
    });
  });

  private step = this.RULE('step', () => {
    this.OPTION3(() => this.SUBRULE(this.sharing));
    this.OPTION(() => {
      this.CONSUME(t.Name);
      this.CONSUME(t.Colon);
    });
    this.CONSUME2(t.Name);
    this.OPTION2(() => this.SUBRULE(this.args));
    this.SUBRULE(this.tail);
  });

  private sharing = this.RULE('sharing', () => {
    this.CONSUME(k.share);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  private tail = this.RULE('tail', () => {
    this.OPTION(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.LBrace);
            this.CONSUME(t.Name);
            this.CONSUME(t.RBrace);
          },
        },
        { ALT: () => this.SUBRULE(this.rows) },
      ]),
    );
    this.OPTION2(() => {
      this.CONSUME(k.if);
      this.SUBRULE(this.expression);
    });
  });

  private args = this.RULE('args', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => {
      this.SUBRULE(this.arg);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.arg);
      });
    });
    this.CONSUME(t.RParen);
  });

  private arg = this.RULE('arg', () => {
    this.OPTION(() => {
      this.CONSUME(t.Name);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.chain);
  });

  private rows = this.RULE('rows', () => {
    this.CONSUME(t.LBrace);
    this.SUBRULE(this.header);
    this.MANY(() => this.SUBRULE(this.row));
    this.CONSUME(t.RBrace);
  });

  private header = this.RULE('header', () => {
    this.CONSUME(t.RowStart);
    this.SUBRULE(this.word);
    this.MANY(() => {
      this.CONSUME(t.Bar);
      this.SUBRULE2(this.word);
    });
    this.CONSUME(t.RowEnd);
  });

  private word = this.RULE('word', () => {
    this.CONSUME(t.Word);
  });

  private row = this.RULE('row', () => {
    this.CONSUME(t.RowStart);
    this.OPTION(() => this.SUBRULE(this.cell));
    this.MANY(() => {
      this.CONSUME(t.Bar);
      this.OPTION2(() => this.SUBRULE2(this.cell));
    });
    this.CONSUME(t.RowEnd);
  });

  private cell = this.RULE('cell', () => {
    this.SUBRULE(this.chain);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.chain);
    });
  });

  public expression = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.CONSUME(t.Operator);
      this.SUBRULE2(this.operand);
    });
  });

  private operand = this.RULE('operand', () => {
    this.MANY(() => this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(k.not) }]));
    this.SUBRULE(this.atom);
    this.MANY2(() =>
      this.OR2([
        {
          ALT: () => {
            this.CONSUME(t.LBracket);
            this.SUBRULE(this.expression);
            this.CONSUME(t.RBracket);
          },
        },
        { ALT: () => this.CONSUME(t.Property) },
      ]),
    );
  });

  private atom = this.RULE('atom', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
      { ALT: () => this.CONSUME(k.true) },
      { ALT: () => this.CONSUME(k.false) },
      { ALT: () => this.SUBRULE(this.reference) },
      { ALT: () => this.SUBRULE(this.parenthesised) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.choice) },
    ]);
  });

  private reference = this.RULE('reference', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  private parenthesised = this.RULE('parenthesised', () => {
    this.CONSUME(t.LParen);
    this.SUBRULE(this.chain);
    this.CONSUME(t.RParen);
  });

  private list = this.RULE('list', () => {
    this.CONSUME(t.LBracket);
    this.OPTION(() => {
      this.SUBRULE(this.chain);
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.for);
            this.CONSUME(t.Name);
            this.MANY(() => {
              this.CONSUME(t.Comma);
              this.CONSUME2(t.Name);
            });
            this.CONSUME(k.in);
            this.SUBRULE(this.expression);
            this.MANY2(() => {
              this.CONSUME2(t.Comma);
              this.SUBRULE2(this.expression);
            });
          },
        },
        {
          ALT: () =>
            this.MANY3(() => {
              this.CONSUME3(t.Comma);
              this.SUBRULE2(this.chain);
            }),
        },
      ]);
    });
    this.CONSUME(t.RBracket);
  });

  private choice = this.RULE('choice', () => {
    this.CONSUME(t.LBrace);
    this.OPTION(() => {
      this.CONSUME(t.Name);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.expression);
    });
    this.CONSUME(t.RBrace);
  });
}

let parser: EnetParser | undefined;
let analysed: EnetParser | undefined;

/** The one parser; made at first use, reset at each. Chevrotain's parsers hold state only while they run. */
function theParser(): EnetParser {
  parser ??= new EnetParser(analysedParser);
  return parser;
}

/** The parser whose grammar is analysed: for what is not parsing, and for what the other one asks when it meets errors. */
export function analysedParser(): EnetParser {
  analysed ??= new EnetParser(undefined);
  return analysed;
}

/** Throws where the grammar is ambiguous or needs more lookahead than it says: for a test. */
export function validateGrammar(): void {
  new EnetParser(undefined, false);
}

/** Parses tokens as a file, or as one expression (a value given on the command line). Never throws. */
export function parseTokens(
  tokens: IToken[],
  rule: 'file' | 'expression',
): { cst: CstNode; errors: readonly IRecognitionException[] } {
  const p = theParser();
  p.input = tokens;
  const cst = p[rule]();
  return { cst, errors: [...p.errors] };
}

/**
 * What may follow tokens that begin a file: token types, each with the rules that it would stand in. Nothing where the
 * tokens do not begin a file. It takes time for each token: for completion, on few of them.
 */
export function tokensAfter(tokens: IToken[]): ISyntacticContentAssistPath[] {
  return analysedParser().computeContentAssist('file', tokens);
}

/** The grammar as chevrotain's serialised rules: for the EBNF, the railroad diagrams and the types of the tree. */
export function grammarRules(): ReturnType<EnetParser['getSerializedGastProductions']> {
  return analysedParser().getSerializedGastProductions();
}

/** The grammar's rules themselves, for generating the tree's types. */
export function grammarProductions(): ReturnType<EnetParser['getGAstProductions']> {
  return analysedParser().getGAstProductions();
}

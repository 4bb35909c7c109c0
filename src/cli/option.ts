/** An option of a command, as data: parsing, help and completion are all made from these. */
export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  /** What the value is called in help, `N`; without one the option is a flag. */
  readonly value?: string;
  /** What the value must be; any text by default. */
  readonly kind?:
    | 'number'
    | 'numbers'
    | 'integer'
    | 'positive'
    | 'count'
    | 'bytes'
    | 'time'
    | 'size'
    | 'assignment'
    | 'convention';
  /** Of a number: the bounds that its value must keep. */
  readonly least?: number;
  readonly most?: number;
  /** The values that there are, or a few that are words. With `kind`, the words in addition to numbers. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** What a shell completes in addition to the choices. */
  readonly completes?: 'file' | 'spec' | 'variant';
}

import type { Arguments } from '../../command.ts';
import type { Io } from '../../io.ts';

/** What `enetc weights` can do. */
export interface WeightsAction {
  readonly name: string;
  /** Its operands, for messages: `FILE [spec]`. */
  readonly operands: string;
  readonly least: number;
  readonly most: number;
  /** The options that it takes, of those of the command. */
  readonly options: readonly string[];
  /** @param args with the action's own operands */
  run(args: Arguments, io: Io): Promise<number>;
}

import type { Ide } from '../core/ide.ts';
import { importedPath, importNameOf } from '../names/import-path.ts';
import type { EditorEdit } from './diagnostics.ts';

/** A file or folder that moves. */
export interface FileMove {
  readonly from: string;
  readonly to: string;
}

/**
 * The edits that keep imports right when files or folders move: in the files that import what moves, and in what moves.
 * Paths are those from before the move. Imports of the library stay as they are.
 */
export function editsForMoves(ide: Ide, moves: readonly FileMove[]): readonly EditorEdit[] {
  const movedTo = (path: string) => {
    const move = moves.find(({ from }) => path === from || isInFolder(path, from));
    return move ? move.to + path.slice(move.from.length) : path;
  };
  return ide.allFiles().flatMap((path) => {
    const analysis = ide.analysis(path);
    return (analysis?.module.ast.imports ?? []).flatMap(({ from }): EditorEdit[] => {
      if (!from.value.startsWith('./') && !from.value.startsWith('../')) return [];
      const target = importedPath(path, from.value);
      const [newPath, newTarget] = [movedTo(path), movedTo(target)];
      if (newPath === path && newTarget === target) return [];
      const name = importNameOf(newPath, newTarget);
      if (name === undefined || name === from.value || !analysis) return [];
      const { start, end } = analysis.locate(from.span);
      return [{ path, start: start + 1, end: end - 1, newText: name }];
    });
  });
}

function isInFolder(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`);
}

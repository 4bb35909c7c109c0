import { type Preview, type PreviewStage, preview } from '../../ide/features/preview.ts';
import { measureNext } from '../../ide/numbers/family.ts';
import { invalidParams } from '../errors.ts';
import { answer, inSlices } from '../guard.ts';
import type { ProtocolPreview } from '../protocol.ts';
import type { Session } from '../session.ts';
import { readScaling } from '../settings.ts';
import { type DocumentView, locationOf, viewOf } from '../view.ts';

/** `enet/preview`: the network next to the text. */
export function answerPreview(session: Session): void {
  answer(
    session,
    'enet/preview',
    async ({ uri, model, scaling }: PreviewParams, token): Promise<ProtocolPreview | null> => {
      // a family takes many networks: other messages, including changes of the text, are handled in between
      await inSlices(token, () => {
        const present = viewOf(session, uri);
        return present !== undefined && measureNext(present.analysis, 'members and curve');
      });
      const view = viewOf(session, uri);
      if (!view) return null;
      const request = scaling === undefined || scaling === null ? undefined : readScaling(scaling);
      if (typeof request === 'string') throw invalidParams(`scaling: ${request}`);
      const found = preview(view.analysis, typeof model === 'string' ? model : undefined, request);
      return found ? protocolPreview(view, found) : null;
    },
  );
}

interface PreviewParams {
  readonly uri: string;
  readonly model?: string | null;
  readonly scaling?: unknown;
}

function protocolPreview(view: DocumentView, found: Preview): ProtocolPreview {
  return { ...found, stages: found.stages.map((stage) => protocolStage(view, stage)) };
}

function protocolStage(view: DocumentView, { place, ...stage }: PreviewStage): ProtocolPreview['stages'][number] {
  return { ...stage, ...(place && { place: locationOf(view, place) }) };
}

import type { Location } from 'vscode-languageserver-types';
import type { ScalingRequest } from '../4-scale/scaling.ts';
import type { Preview, PreviewStage } from '../ide/features/preview.ts';

/**
 * The server's messages beyond the protocol.
 *
 * | method | parameters | answer |
 * | --- | --- | --- |
 * | `enet/libraryFile` | `{uri}` | `LibraryFile`, or null if there is none |
 * | `enet/viewText` | `{uri}` | `ViewedText` of an open document: to see whether server and client are in step |
 * | `enet/scaling` | `{uri?}` | `ScalingState` |
 * | `enet/setScaling` | `{scaling, uri?}` | `ScalingState` |
 * | `enet/preview` | `{uri, model?, scaling?}` | `ProtocolPreview`, or null if the document has no model |
 * | `enet/scalingChanged` (to the client) | `{scaling}` | |
 */
export interface LibraryFile {
  readonly text: string;
}

export interface ViewedText {
  readonly text: string;
  readonly version: number;
}

/** The point that is chosen, and what can be chosen in a document. */
export interface ScalingState {
  readonly chosen: ScalingRequest;
  readonly models: readonly ModelChoices[];
}

export interface ModelChoices {
  readonly name: string;
  readonly variants: readonly string[];
  /** Whether phi can be any number, because the model states how it scales. */
  readonly formula: boolean;
}

/** `Preview`, with the places of its stages in the protocol's form. */
export interface ProtocolPreview extends Omit<Preview, 'stages'> {
  readonly stages: readonly (Omit<PreviewStage, 'place'> & { readonly place?: Location })[];
}

import type { serialization } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';

/** The base of layers whose configuration is a few settings, given as they are stored in model.json. */
export function settingsLayerClass(tf: Tfjs) {
  abstract class SettingsLayer<Settings extends object> extends tf.layers.Layer {
    protected readonly settings: Settings;

    /** @param names of the settings; the other arguments are those of every layer. */
    constructor(given: Settings & { readonly name?: string }, names: readonly (keyof Settings & string)[]) {
      const isOwn = ([name]: [string, unknown]) => names.some((own) => own === name);
      const entries = Object.entries(given);
      super(Object.fromEntries(entries.filter((entry) => !isOwn(entry))));
      this.settings = Object.fromEntries(entries.filter(isOwn)) as Settings;
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings };
    }
  }
  return SettingsLayer;
}

import type { serialization } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';

type LayerClass = Tfjs['layers']['Layer'];

/** Stated explicitly, since TypeScript cannot declare a class derived in a function from one with private members. */
interface SettingsLayerClass extends Pick<LayerClass, 'fromConfig'> {
  /** @param names of the settings; the other arguments are those of every layer. */
  new <Settings extends object>(
    given: Settings & { readonly name?: string },
    names: readonly (keyof Settings & string)[],
  ): InstanceType<LayerClass> & { readonly settings: Settings };
}

/** The base of layers whose configuration is a few settings, given as they are stored in model.json. */
export function settingsLayerClass(tf: Tfjs): SettingsLayerClass {
  class SettingsLayer<Settings extends object> extends tf.layers.Layer {
    readonly settings: Settings;

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

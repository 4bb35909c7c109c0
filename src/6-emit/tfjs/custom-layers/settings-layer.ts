import type { serialization } from '@tensorflow/tfjs';
import type { Tfjs } from '../tfjs.ts';

type LayerClass = Tfjs['layers']['Layer'];

/** Stated explicitly, since TypeScript cannot declare a class derived in a function from one with private members. */
interface SettingsLayerClass<Settings extends object> extends Pick<LayerClass, 'fromConfig'> {
  /** Takes the settings along with the arguments of every layer. */
  new (given: Settings & { readonly name?: string }): InstanceType<LayerClass> & { readonly settings: Settings };
}

/**
 * The base of layers whose configuration is a few settings, given as they are stored in model.json.
 * @param names of the settings
 */
export function settingsLayerClass<Settings extends object>(
  tf: Tfjs,
  names: readonly (keyof Settings & string)[],
): SettingsLayerClass<Settings> {
  return class extends tf.layers.Layer {
    readonly settings: Settings;

    constructor(given: Settings & { readonly name?: string }) {
      const isOwn = ([name]: [string, unknown]) => names.some((own) => own === name);
      const entries = Object.entries(given);
      super(Object.fromEntries(entries.filter((entry) => !isOwn(entry))));
      this.settings = Object.fromEntries(entries.filter(isOwn)) as Settings;
    }

    override getConfig(): serialization.ConfigDict {
      return { ...super.getConfig(), ...this.settings };
    }
  };
}

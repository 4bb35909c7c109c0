/**
 * Console messages of TensorFlow.js that do not concern a user of the command line: that there is a faster package
 * (`enetc doctor` says so), and that a second instance was loaded.
 */
const noise =
  /looks like you are running TensorFlow\.js in Node\.js|backend was already registered|is already registered|has already been set/;

/** Runs work that loads or first uses TensorFlow.js, without that noise. Other warnings come through. */
export async function quietly<T>(work: () => T | Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!noise.test(String(words[0]))) warn(...words);
  };
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}

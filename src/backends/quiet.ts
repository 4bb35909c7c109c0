/**
 * What TensorFlow.js says on the console that is not news to the user of a command line: that there is a faster package
 * (`enetc doctor` says that), and that a second instance of it has met the first.
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

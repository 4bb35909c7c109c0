/** What TensorFlow says, among other things, when a guard of a step is no finite number. */
export const guardMessage = 'enet: the step ends here, for a number that has to be finite is not';

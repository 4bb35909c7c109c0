/** Why something of a foreign network cannot be stated in the language. Thrown within this folder, which names the node. */
export class Unsayable extends Error {
  override readonly name = 'Unsayable';
}

// Prints which tests CI skips on its second Node, and why.
import { oneNode } from '../test/one-node.ts';

for (const [why, paths] of Object.entries(oneNode)) {
  console.log(`Left out here, since it ${why}:\n  ${paths.map((path) => `test/${path}`).join(' ')}`);
}

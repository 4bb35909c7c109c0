import { expect, onTestFinished, test } from 'vitest';
import { stdlib } from '../../src/stdlib.generated.ts';
import { startHere, type TestClient, uriOf, workspace } from './client.ts';
import { editOf, randomEdit, randomNumbers } from './random-edits.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** How many edits: `ENET_FUZZ=200000 npx vitest run test/lsp/fuzz`. `ENET_SEED` chooses others. */
const edits = Number(process.env.ENET_FUZZ ?? 3_000);
const seed = Number(process.env.ENET_SEED ?? 20_261_124);
/** So often texts are compared, and diagnostics with those of a server that has only seen the last texts. */
const textsEvery = 20;
const freshEvery = Math.max(60, Math.floor(edits / 300));

const library = (name: string) => stdlib[`std/${name}`] as string;
const texts = {
  'a.enet': `import { Unit } from "./b.enet"\n${library('efficientnet')}`,
  'b.enet': `block Unit(x, c: int = 8) {\n  return x -> Conv(c, 3) -> BatchNorm\n}\n\nmodel Small {\n  input image: [3, 32, 32]\n  body: Unit(16)\n}\n`,
  'c.enet': library('resnet'),
};

const requests = [
  'hover',
  'completion',
  'definition',
  'typeDefinition',
  'references',
  'documentHighlight',
  'documentSymbol',
  'foldingRange',
  'documentLink',
  'linkedEditingRange',
  'prepareRename',
  'prepareCallHierarchy',
  'signatureHelp',
  'codeLens',
  'semanticTokens/full',
  'formatting',
  'inlayHint',
  'codeAction',
  'rangeFormatting',
  'rename',
  'onTypeFormatting',
];

/** The error codes of answers that are not an error of the server: what is asked for is not there, or refused with a reason. */
const refusals = [-32803, -32800];

test(`${edits} random edits keep the server in step`, { timeout: 60_000 + edits * 60 }, async () => {
  const random = randomNumbers(seed);
  const root = workspace(texts);
  const uris = Object.keys(texts).map((name) => uriOf(root, name));
  const watchdog = startWatchdog();
  onTestFinished(watchdog.stop);
  const client = await startHere(root);
  const now = new Map<string, string>();
  for (const [name, text] of Object.entries(texts)) {
    now.set(uriOf(root, name), text);
    await client.open(uriOf(root, name), text);
  }
  let version = 1;
  let compared = 0;
  for (let done = 0; done < edits; done++) {
    const uri = uris[random(uris.length)] as string;
    const before = now.get(uri) as string;
    const original = texts[Object.keys(texts)[uris.indexOf(uri)] as keyof typeof texts];
    // undone from time to time, so that texts do not wear down to nothing that could be checked
    const undone = random(40) === 0 || before.length > 60_000;
    const edit = undone ? editOf(before, 0, before.length, original) : randomEdit(before, random);
    now.set(uri, edit.text);
    watchdog.now(`edit ${done} of seed ${seed} in ${uri}`);
    await client.change(uri, ++version, edit.change);
    if (random(4) === 0) await ask(client, uri, edit.text, random, watchdog);
    if (done % textsEvery === 0) {
      const viewed = await client.connection.sendRequest('enet/viewText', { uri });
      expect(viewed, `edit ${done} of seed ${seed}`).toEqual({ text: edit.text, version });
    }
    if (done % freshEvery === freshEvery - 1) {
      expect(await pulled(client, uris), `edit ${done} of seed ${seed}`).toEqual(await freshly(root, now));
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(0);
  // what was sent unasked comes to the same
  const asked = await pulled(client, uris);
  await expect.poll(() => uris.map((uri) => client.published.get(uri)?.diagnostics)).toEqual(asked);
  expect(client.log.filter((line) => line.includes('error in enetc'))).toEqual([]);
  await client.stop();
  expect(await client.ended).toBe(0);
});

/** One request of any kind somewhere in a document. */
async function ask(
  client: TestClient,
  uri: string,
  text: string,
  random: (bound: number) => number,
  watchdog: Watchdog,
): Promise<void> {
  const method = `textDocument/${requests[random(requests.length)]}`;
  const line = random(text.split('\n').length + 1);
  const params = {
    textDocument: { uri },
    position: { line, character: random(60) },
    range: { start: { line, character: 0 }, end: { line: line + random(30), character: 0 } },
    context: { includeDeclaration: true, diagnostics: [] },
    newName: 'renamed',
    ch: '|',
    options: {},
  };
  watchdog.now(`${method} at ${line}:${params.position.character} of ${JSON.stringify(text)}`);
  try {
    await client.connection.sendRequest(method, params);
  } catch (e) {
    const { code, message } = e as { code: number; message: string };
    if (!refusals.includes(code)) throw new Error(`${method} at ${line}: ${code} ${message}\n${client.log.at(-1)}`);
  }
}

async function pulled(client: TestClient, uris: Iterable<string>): Promise<unknown[]> {
  const reports = [];
  for (const uri of uris) {
    const report = await client.connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
    reports.push((report as { items: unknown }).items);
  }
  return reports;
}

async function freshly(root: string, now: ReadonlyMap<string, string>): Promise<unknown[]> {
  const fresh = await startHere(root);
  for (const [uri, text] of now) await fresh.open(uri, text);
  const reports = await pulled(fresh, now.keys());
  await fresh.stop();
  return reports;
}

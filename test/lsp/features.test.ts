import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stdlib } from '../../src/stdlib.generated.ts';
import { fullCapabilities, startHere, type TestClient, uriOf, workspace } from './client.ts';

/** Every request once, as a client sends it: what the features find is tested where they are; here, how it is said. */
const text = stdlib['std/efficientnet'] as string;
const own = `import { Unit } from "./units.enet"
model Net {
  param classes: int = 10
  input image: [3, 32, 32]
  stem: Unit(w(16))
  head: GlobalAvgPool -> linear: Linear(classes)
}
`;
const units = 'block Unit(x, channels: int) {\n  return x -> Conv(channels, 3) -> BatchNorm\n}\n';
interface Tokens {
  readonly resultId: string;
  readonly data: readonly number[];
}

interface Nested {
  readonly parent?: Nested;
}

const root = workspace({ 'efficientnet.enet': text, 'net.enet': own, 'units.enet': units });
const uri = uriOf(root, 'efficientnet.enet');
const netUri = uriOf(root, 'net.enet');
const document = { textDocument: { uri } };

let client: TestClient;
beforeAll(async () => {
  client = await startHere(root);
  await client.open(uri, text);
  await client.open(netUri, own);
});
afterAll(() => client.stop());

function positionOf(source: string, part: string, plus = 0) {
  const before = source.slice(0, source.indexOf(part) + plus).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
const ask = (method: string, params: object) => client.connection.sendRequest<never>(method, params);
const inNet = (part: string, plus = 0) => ({ textDocument: { uri: netUri }, position: positionOf(own, part, plus) });
const inFamily = (part: string, plus = 0) => ({ ...document, position: positionOf(text, part, plus) });

describe('the protocol', () => {
  test('offers what it answers', () => {
    expect(client.server.capabilities).toMatchObject({
      hoverProvider: true,
      renameProvider: { prepareProvider: true },
      documentOnTypeFormattingProvider: { firstTriggerCharacter: '|' },
      executeCommandProvider: { commands: ['enet.selectScaling', 'enet.compile', 'enet.preview'] },
      workspace: { textDocumentContent: { schemes: ['enet-library'] } },
    });
  });

  test('hover', async () => {
    expect(await ask('textDocument/hover', inFamily('MBConv', 2))).toMatchObject({
      contents: { kind: 'markdown', value: expect.stringContaining('block MBConv(') },
      range: { start: { line: 0 } },
    });
    expect(await ask('textDocument/hover', { ...document, position: { line: 1, character: 0 } })).toBeNull();
  });

  test('completion, and the documentation of an item', async () => {
    const list = await ask('textDocument/completion', inNet('GlobalAvgPool', 3));
    const { items } = list as { items: { label: string; data?: object; textEdit: object }[] };
    const item = items.find((i) => i.label === 'GlobalAvgPool');
    expect(item?.textEdit).toMatchObject({ range: { start: positionOf(own, 'GlobalAvgPool') } });
    const resolved = await ask('completionItem/resolve', item as object);
    expect(resolved).toMatchObject({ documentation: { kind: 'markdown' } });
  });

  test('signature help in a half-typed call', async () => {
    const half = uriOf(root, 'half.enet');
    const source = own.replace('Unit(w(16))', 'Unit(');
    await client.open(half, source);
    const help = await ask('textDocument/signatureHelp', {
      textDocument: { uri: half },
      position: positionOf(source, 'Unit(', 5),
    });
    expect(help).toMatchObject({
      activeParameter: 0,
      signatures: [
        { label: expect.stringContaining('channels: int'), parameters: [{ label: [5, expect.any(Number)] }] },
      ],
    });
    await client.close(half);
  });

  test('semantic tokens: whole, a range, what has changed', async () => {
    const typed = uriOf(root, 'typed.enet');
    await client.open(typed, own);
    const all = (await ask('textDocument/semanticTokens/full', { textDocument: { uri: typed } })) as Tokens;
    expect(all.data.length % 5).toBe(0);
    const range = { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } };
    const some = (await ask('textDocument/semanticTokens/range', { textDocument: { uri: typed }, range })) as Tokens;
    expect(some.data[0]).toBe(2);
    await client.change(typed, 2, {
      range: { start: { line: 3, character: 0 }, end: { line: 3, character: 0 } },
      text: '  // new\n',
    });
    const delta = (await ask('textDocument/semanticTokens/full/delta', {
      textDocument: { uri: typed },
      previousResultId: all.resultId,
    })) as { edits: { start: number; deleteCount: number; data: number[] }[] };
    const data = [...all.data];
    for (const edit of delta.edits) data.splice(edit.start, edit.deleteCount, ...edit.data);
    const fresh = (await ask('textDocument/semanticTokens/full', { textDocument: { uri: typed } })) as Tokens;
    expect(data).toEqual(fresh.data);
    expect(delta.edits[0]?.data.length).toBeLessThan(20);
    await client.close(typed);
  });

  test('definition leads through imports, into the library too', async () => {
    expect(await ask('textDocument/definition', inNet('Unit(', 1))).toMatchObject([
      { targetUri: uriOf(root, 'units.enet'), targetSelectionRange: { start: { line: 0, character: 6 } } },
    ]);
    expect(await ask('textDocument/definition', inFamily('MBConv', 1))).toMatchObject([
      { targetUri: 'enet-library:/std/blocks.enet' },
    ]);
  });

  test('references, highlights, links, folding, symbols', async () => {
    const references = await ask('textDocument/references', {
      ...inNet('Unit(', 1),
      context: { includeDeclaration: false },
    });
    expect(references).toHaveLength(2);
    expect(await ask('textDocument/documentHighlight', inNet('classes', 1))).toMatchObject([{ kind: 3 }, { kind: 2 }]);
    expect(await ask('textDocument/documentLink', { textDocument: { uri: netUri } })).toMatchObject([
      { target: uriOf(root, 'units.enet') },
    ]);
    expect(((await ask('textDocument/foldingRange', document)) as unknown[]).length).toBeGreaterThan(3);
    expect(await ask('textDocument/documentSymbol', { textDocument: { uri: netUri } })).toMatchObject([
      { name: './units.enet' },
      { name: 'Net', children: [{ name: 'classes' }, {}, {}, {}] },
    ]);
    // the library may have other units, after it
    expect((await ask('workspace/symbol', { query: 'Unit' }))[0]).toMatchObject({
      name: 'Unit',
      location: { uri: uriOf(root, 'units.enet') },
    });
  });

  test('selection grows', async () => {
    const [range] = (await ask('textDocument/selectionRange', {
      textDocument: { uri: netUri },
      positions: [positionOf(own, '16')],
    })) as Nested[];
    let depth = 0;
    for (let r: Nested | undefined = range; r; r = r.parent) depth++;
    expect(depth).toBeGreaterThan(4);
  });

  test('rename reaches the files that import', async () => {
    expect(await ask('textDocument/prepareRename', inNet('Unit(', 1))).toMatchObject({ placeholder: 'Unit' });
    const edit = (await ask('textDocument/rename', { ...inNet('Unit(', 1), newName: 'Cell' })) as {
      documentChanges: { textDocument: object }[];
    };
    expect(edit.documentChanges.map((c) => c.textDocument)).toEqual(
      expect.arrayContaining([
        { uri: netUri, version: 1 },
        { uri: uriOf(root, 'units.enet'), version: null },
      ]),
    );
    await expect(ask('textDocument/prepareRename', inFamily('MBConv', 1))).rejects.toThrow('belongs to the library');
  });

  test('a file that moves takes its imports along', async () => {
    const files = [{ oldUri: uriOf(root, 'units.enet'), newUri: uriOf(root, 'parts/units.enet') }];
    expect(await ask('workspace/willRenameFiles', { files })).toMatchObject({
      documentChanges: [{ textDocument: { uri: netUri }, edits: [{ newText: './parts/units.enet' }] }],
    });
  });

  test('call hierarchy', async () => {
    const [item] = (await ask('textDocument/prepareCallHierarchy', inNet('Unit(', 1))) as never[];
    expect(item).toMatchObject({ name: 'Unit' });
    expect(await ask('callHierarchy/incomingCalls', { item })).toMatchObject([{ from: { name: 'Net' } }]);
    const [net] = (await ask('textDocument/prepareCallHierarchy', inNet('Net', 1))) as never[];
    expect(await ask('callHierarchy/outgoingCalls', { item: net })).toMatchObject([{ to: { name: 'Unit' } }]);
  });

  test('formatting: whole, range, on type', async () => {
    const ragged = uriOf(root, 'ragged.enet');
    await client.open(ragged, 'model  M {\n  stem: Conv( 8,3 )\n}\n');
    const options = { tabSize: 2, insertSpaces: true };
    const edits = await ask('textDocument/formatting', { textDocument: { uri: ragged }, options });
    expect((edits as unknown[]).length).toBeGreaterThan(0);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
    const some = (await ask('textDocument/rangeFormatting', { textDocument: { uri: ragged }, range, options })) as {
      range: { start: { line: number } };
    }[];
    expect(some.every((e) => e.range.start.line === 0)).toBe(true);
    expect(
      await ask('textDocument/onTypeFormatting', {
        textDocument: { uri: ragged },
        position: range.end,
        ch: '|',
        options,
      }),
    ).toEqual([]);
    await client.close(ragged);
  });

  test('code actions mend what diagnostics say', async () => {
    const broken = uriOf(root, 'broken.enet');
    const source = own.replace('Linear(', 'Linar(');
    await client.open(broken, source);
    const [diagnostic] = await client.diagnostics(broken);
    expect(diagnostic).toMatchObject({
      code: 'unknown-name',
      codeDescription: { href: 'enet-library:/explain/unknown-name.md' },
    });
    const actionsOf = (only: string) =>
      ask('textDocument/codeAction', {
        textDocument: { uri: broken },
        range: diagnostic?.range,
        context: { diagnostics: [diagnostic], only: [only] },
      });
    const actions = await actionsOf('quickfix');
    expect(await actionsOf('')).toEqual(expect.arrayContaining(actions as unknown[]));
    expect(actions).toMatchObject([
      {
        kind: 'quickfix',
        edit: { documentChanges: [{ edits: [{ newText: 'Linear' }] }] },
        diagnostics: [{ code: 'unknown-name' }],
      },
    ]);
    expect(await ask('enet/libraryFile', { uri: diagnostic?.codeDescription?.href })).toMatchObject({
      text: expect.stringContaining('# unknown-name'),
    });
    await client.close(broken);
  });

  test('diagnostics that are asked for', async () => {
    const report = (await ask('textDocument/diagnostic', document)) as { resultId: string };
    expect(report).toMatchObject({ kind: 'full', items: [] });
    expect(await ask('textDocument/diagnostic', { ...document, previousResultId: report.resultId })).toMatchObject({
      kind: 'unchanged',
    });
    const { items } = (await ask('workspace/diagnostic', { previousResultIds: [{ uri, value: report.resultId }] })) as {
      items: { uri: string; kind: string; version: number | null }[];
    };
    expect(items).toHaveLength(3);
    expect(items.find((i) => i.uri === uri)?.kind).toBe('unchanged');
    expect(items.find((i) => i.uri === uriOf(root, 'units.enet'))).toMatchObject({ kind: 'full', version: null });
  });
});

describe('the chosen point', () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 200, character: 0 } };
  const labels = async () =>
    ((await ask('textDocument/inlayHint', { ...document, range: whole })) as { label: string }[])
      .map((h) => h.label)
      .join(' ');

  test('hints, lenses and previews follow it', async () => {
    const before = await labels();
    expect(await ask('enet/setScaling', { scaling: { variant: 'b5' }, uri })).toMatchObject({
      chosen: { variant: 'b5' },
      models: [{ name: 'EfficientNet', formula: true }],
    });
    expect(await labels()).not.toBe(before);
    const lenses = (await ask('textDocument/codeLens', document)) as {
      range: { start: { line: number; character: number } };
      command?: { command: string };
      data?: object;
    }[];
    expect(lenses.map((l) => l.command?.command)).toContain('enet.preview');
    const starts = lenses.map(({ range: { start } }) => start.line * 1000 + start.character);
    expect(starts, 'each lens of a line starts after the one before it').toEqual(
      [...new Set(starts)].sort((a, b) => a - b),
    );
    const lazy = lenses.findLast((l) => l.data);
    expect(await ask('codeLens/resolve', lazy as object)).toMatchObject({
      command: { command: 'enet.selectScaling', arguments: [uri, 'EfficientNet', expect.any(String)] },
    });
    const preview = await ask('enet/preview', { uri });
    expect(preview).toMatchObject({ model: 'EfficientNet', variant: 'b5', totals: { resolution: 456 } });
    expect(preview).toMatchObject({
      stages: expect.arrayContaining([expect.objectContaining({ place: { uri, range: expect.anything() } })]),
    });
    expect(await ask('enet/preview', { uri, scaling: { phi: 0 } })).toMatchObject({ totals: { resolution: 224 } });
    expect(await ask('enet/setScaling', { scaling: {} })).toMatchObject({ chosen: {} });
    expect(await labels()).toBe(before);
  });

  test('by command, by settings', async () => {
    expect(await ask('workspace/executeCommand', { command: 'enet.selectScaling', arguments: ['b3'] })).toEqual({
      variant: 'b3',
    });
    expect(
      await ask('workspace/executeCommand', { command: 'enet.selectScaling', arguments: [uri, 'EfficientNet', 'b2'] }),
    ).toEqual({ variant: 'b2' });
    await client.connection.sendNotification('workspace/didChangeConfiguration', {
      settings: { enet: { scaling: { phi: 2.5 }, inlayHints: { shapes: false } } },
    });
    expect(await ask('enet/scaling', { uri })).toMatchObject({ chosen: { phi: 2.5 } });
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: { enet: {} } });
    expect(await ask('enet/scaling', { uri })).toMatchObject({ chosen: {} });
  });

  test.each([
    { scaling: { phi: 'x' } },
    { scaling: { nonsense: 1 } },
    { scaling: [] },
    { scaling: { phi: 1, variant: 'b1' } },
  ])('%j is none', async (params) => {
    await expect(ask('enet/setScaling', params)).rejects.toThrow();
  });
});

describe('other clients', () => {
  test('one that counts bytes', async () => {
    const bytes = await startHere(root, { capabilities: { general: { positionEncodings: ['utf-8'] } } });
    expect(bytes.server.capabilities.positionEncoding).toBe('utf-8');
    const source = '// é漢😀\nmodel M {\n  stem: Cnv(8, 3) // 😀\n}\n';
    const here = uriOf(root, 'bytes.enet');
    await bytes.open(here, source);
    await bytes.change(here, 2, {
      range: { start: { line: 0, character: 5 }, end: { line: 0, character: 12 } },
      text: 'x',
    });
    expect(await bytes.connection.sendRequest('enet/viewText', { uri: here })).toMatchObject({
      text: source.replace('漢😀', 'x'),
    });
    await bytes.stop();
  });

  test('one that asks for diagnostics gets none unasked, and its own commands are left to it', async () => {
    const asks = await startHere(root, {
      capabilities: { ...fullCapabilities, textDocument: { ...fullCapabilities.textDocument, diagnostic: {} } },
      initializationOptions: { clientCommands: ['enet.selectScaling'], settings: { scaling: { phi: 1 } } },
    });
    expect(asks.server.capabilities.executeCommandProvider?.commands).toEqual(['enet.compile', 'enet.preview']);
    expect(await asks.connection.sendRequest('enet/scaling', {})).toMatchObject({ chosen: { phi: 1 } });
    await asks.open(uri, text.replace('MBConv(', 'MBCnv('));
    const report = await asks.connection.sendRequest('textDocument/diagnostic', document);
    expect((report as { items: unknown[] }).items.length).toBeGreaterThan(0);
    await new Promise((later) => setTimeout(later, 60));
    expect(asks.published.size).toBe(0);
    await asks.stop();
  });

  test('one that opens files alone finds the library on the disk', async () => {
    const plain = await startHere(root, { initializationOptions: { libraryFiles: true } });
    await plain.open(uri, text);
    const send = (method: string, params: object) => plain.connection.sendRequest<never>(method, params);
    const blocks = pathToFileURL(resolve(import.meta.dirname, '../../stdlib/blocks.enet')).href;
    const answer: { targetUri: string }[] = await send('textDocument/definition', inFamily('MBConv(', 1));
    expect(answer).toMatchObject([{ targetUri: blocks }]);
    // and knows the file that is opened there for the library's own
    const source = stdlib['std/blocks'] as string;
    await plain.open(blocks, source);
    const here = { textDocument: { uri: blocks }, position: positionOf(source, 'block MBConv', 7) };
    expect(await send('textDocument/hover', here)).toMatchObject({
      contents: { value: expect.stringMatching('block MBConv') },
    });
    const found: { uri: string }[] = await send('textDocument/references', {
      ...here,
      context: { includeDeclaration: true },
    });
    expect(new Set(found.map((place) => place.uri))).toEqual(new Set([uri, blocks]));
    expect(await send('textDocument/formatting', { textDocument: { uri: blocks }, options: {} })).toEqual([]);
    await expect(send('textDocument/rename', { ...here, newName: 'Other' })).rejects.toThrow(/library/);
    // one that was changed there is not
    await plain.close(blocks);
    await plain.open(blocks, `${source}\nmodel M {\n  stem: Unt(8)\n}\n`, 2);
    expect(await plain.diagnostics(blocks, 2)).not.toEqual([]);
    await plain.stop();
  });

  test('one that knows next to nothing', async () => {
    const plain = await startHere(root, { capabilities: {} });
    expect(plain.server.capabilities.renameProvider).toBe(true);
    await plain.open(netUri, own);
    const send = (method: string, params: object) => plain.connection.sendRequest<never>(method, params);
    const said: string[] = [];
    plain.connection.onNotification('window/showMessage', ({ message }) => void said.push(message));
    expect(await send('workspace/executeCommand', { command: 'enet.selectScaling', arguments: [] })).toBeNull();
    expect(said).toEqual([expect.stringContaining('this editor cannot ask')]);
    expect(await send('textDocument/definition', inNet('Unit(', 1))).toMatchObject([
      { uri: uriOf(root, 'units.enet') },
    ]);
    expect(await send('textDocument/documentSymbol', { textDocument: { uri: netUri } })).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ location: expect.anything() })]),
    );
    expect(await send('textDocument/rename', { ...inNet('Unit(', 1), newName: 'Cell' })).toHaveProperty('changes');
    const { items } = (await send('textDocument/completion', inNet('GlobalAvgPool', 3))) as {
      items: { insertTextFormat: number; textEdit: { newText: string } }[];
    };
    expect(items.every((i) => i.insertTextFormat === 1 && !i.textEdit.newText.includes('$'))).toBe(true);
    await plain.stop();
  });
});

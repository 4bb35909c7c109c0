/** The page itself. */
export const indexHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>enetc bench</title>
<style>body { font: 18px system-ui, sans-serif; margin: 2em; max-width: 36em }</style>
<h1>enetc bench</h1>
<p>A network is measured here. Keep this page in sight until it is done.
<p id="state" role="status">starting</p>
<script src="bench-page.js"></script>
</html>
`;

/** What the page may load: nothing from elsewhere. TensorFlow.js and ONNX Runtime compile WebAssembly and start workers of blobs. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; style-src 'unsafe-inline'; connect-src 'self' blob: data:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'",
  // Pages that are isolated have finer clocks and threads.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

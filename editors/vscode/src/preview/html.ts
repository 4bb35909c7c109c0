/** Addresses under which the page may load what it is made of, and the source that its policy allows. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  readonly source: string;
  readonly nonce: string;
}

/** The page: nothing of it is fetched from elsewhere, and only its own script runs. */
export function previewPage({ script, style, source, nonce }: PageParts): string {
  const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>enet preview</title>
</head>
<body>
<header>
  <h1 id="title">Network</h1>
  <label id="models" hidden>Model <select id="model"></select></label>
  <p id="facts" role="status"></p>
  <div id="scaling" hidden>
    <label for="phi">phi</label>
    <input id="phi" type="range" step="0.1">
    <input id="phi-value" type="number" step="0.1" aria-label="phi, as a number">
    <button id="reset" type="button" title="Back to the file's own default">Default</button>
  </div>
  <p id="problem" role="alert" hidden></p>
</header>
<main>
  <section id="network" aria-label="The network"></section>
  <section id="family" aria-label="The family">
    <div id="curves"></div>
    <div id="variants"></div>
  </section>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

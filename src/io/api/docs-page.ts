/** The contract as a page for people: plain HTML, no scripts. */
import { API_PREFIX, routes, type Route } from './contract/routes.ts';
import { channels, STREAM_PATH, type Channel } from './contract/stream.ts';

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}code{font-size:.92em}summary{cursor:pointer}pre{overflow:auto;max-height:30rem}';

export function docsPage(version: string): string {
  const rows = (Object.entries(routes) as [string, Route][]).map(
    ([, { method, path, scope, summary, answer, body, query }]) =>
      `<tr><td><code>${method}</code></td><td><code>${escaped(API_PREFIX + path)}</code><br>${escaped(summary)}${schemaOf('query', query)}${schemaOf('body', body)}${schemaOf('answer', answer)}</td><td>${scope}</td></tr>`,
  );
  const streams = (Object.entries(channels) as [string, Channel][]).map(
    ([name, { summary, key, rate, merge, data }]) =>
      `<tr><td><code>${name}</code></td><td>${escaped(summary)}${schemaOf('data', data)}</td><td>${key ?? ''}</td><td>${rate}/s, ${merge}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plimsoll API</title><style>${STYLE}</style></head><body><h1>Plimsoll API ${escaped(version)}</h1><p>The same as a document: <a href="/openapi.json">/openapi.json</a>.</p><h2>Routes</h2><table><tr><th>Method</th><th>Path</th><th>Scope</th></tr>${rows.join('')}</table><h2>Stream</h2><p>WebSocket at <code>${STREAM_PATH}</code>.</p><table><tr><th>Channel</th><th></th><th>Key</th><th>Rate</th></tr>${streams.join('')}</table></body></html>`;
}

function schemaOf(what: string, schema: unknown): string {
  if (schema === undefined) return '';
  return `<details><summary>${what}</summary><pre>${escaped(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

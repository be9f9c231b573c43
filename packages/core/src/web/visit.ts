/** The page for people who open an MCP endpoint in a browser. */
import type { RequestHead } from './request-head.ts'

/** Whether a browser asks for a page. MCP clients accept event streams, or name a session. */
export function isVisit({ method, header }: Pick<RequestHead, 'method' | 'header'>): boolean {
  if (method !== 'GET') return false
  const accept = header('accept')?.toLowerCase() ?? ''
  return accept.includes('text/html') && !accept.includes('text/event-stream') && header('mcp-session-id') === undefined
}

/** It is the same for every server and every visitor, so it may be shown without authentication. */
const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>MCP endpoint</title></head>
<body>
<h1>This is an MCP endpoint</h1>
<p>It serves the <a href="https://modelcontextprotocol.io">Model Context Protocol</a>. To use it, add the address of this page to an MCP client, such as a chat or coding assistant.</p>
<p>To see what it offers, run <code>npx @gangway/cli list &lt;address of this page&gt;</code></p>
</body>
</html>
`

export const VISIT: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } = {
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  },
  body: PAGE,
}

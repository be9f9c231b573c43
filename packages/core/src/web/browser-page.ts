/** Provides the page that a browser shows at the URL of an MCP endpoint. */
import { EVENT_STREAM, SESSION_HEADER } from '../protocol/http-headers.ts'
import type { RequestHead } from './request-head.ts'

/** Whether a browser navigates to the endpoint. An MCP client accepts event streams or sends a session id. */
export function isBrowserVisit({ method, header }: Pick<RequestHead, 'method' | 'header'>): boolean {
  if (method !== 'GET') return false
  const accept = header('accept')?.toLowerCase() ?? ''
  return accept.includes('text/html') && !accept.includes(EVENT_STREAM) && header(SESSION_HEADER) === undefined
}

/** The page is the same for every server and visitor, so it is served without authentication. */
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

export const BROWSER_PAGE: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } = {
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  },
  body: PAGE,
}

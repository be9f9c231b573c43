/** A proxy on stdio, before a program of the 2025 era on stdio. */
import { fileURLToPath } from 'node:url'
import { proxy } from '@gangway/core/proxy'
import { stdioClient } from '@gangway/transport-stdio/client'

await proxy(stdioClient({ command: process.execPath, args: [fileURLToPath(new URL('shop.mjs', import.meta.url))] }), { revision: '2025-11-25' }).run()

import { config } from '../../tsdown.base.ts'

// `bin` loads the first before the second.
const shared = config('node', { name: 'cache-directory', test: /\/cache-directory\.ts$/, priority: 1 }, { name: 'cli', test: /\/cli\/src\/(?:cli|commands\/run|serve-file)\.ts$/ })

// Node loads the hooks by their address, on a thread of their own.
export default { ...shared, entry: { ...(shared.entry as Record<string, string>), 'resolve-hooks': './src/environment/resolve-hooks.ts', 'reload-hooks': './src/reload/reload-hooks.ts' } }

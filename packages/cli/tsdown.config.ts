import { config } from '../../tsdown.base.ts'

const shared = config('node')

// Node loads the hooks by their address, on a thread of their own.
export default { ...shared, entry: { ...(shared.entry as Record<string, string>), 'resolve-hooks': './src/environment/resolve-hooks.ts', 'reload-hooks': './src/reload/reload-hooks.ts' } }

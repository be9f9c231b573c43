/** Calls a route handler of Next as Next would. */
import * as route from './app/mcp/route.js'

export default { fetch: (request) => route[request.method](request) }

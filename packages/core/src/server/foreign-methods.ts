/** Methods that servers of other libraries have, for code that was written for those: each throws an error that names ours. */
import { GangwayError } from '../gangway-error.ts'

const TOOL = 'server.tool(name, { description, input: { … } }, handler)'
const RESOURCE = 'server.resource(uri, { description, mimeType }, read)'
const PROMPT = 'server.prompt(name, { description, args: { … } }, handler)'
const RUN = 'server.run(), or pass the server to a transport such as http({ port: 8000 })'
const HANDLERS = 'server.tool(…), server.resource(…) and server.prompt(…), which answer the requests of the protocol'

/** By the method of the official SDK, or of FastMCP for TypeScript: what to write. */
const OURS: Readonly<Record<string, string>> = {
  registerTool: TOOL,
  registerResource: RESOURCE,
  registerPrompt: PROMPT,
  registerResourceTemplate: RESOURCE,
  addTool: `${TOOL}, or server.add(tool) with a tool() of Gangway`,
  addResource: RESOURCE,
  addResourceTemplate: RESOURCE,
  addPrompt: PROMPT,
  setRequestHandler: HANDLERS,
  setNotificationHandler: HANDLERS,
  connect: RUN,
  start: RUN,
}

/** For a prototype. Not enumerable, and unknown to the compiler, which reports them by itself. */
export const foreignMethods: PropertyDescriptorMap = Object.fromEntries(
  Object.entries(OURS).map(([name, ours]) => [
    name,
    {
      configurable: true,
      writable: true,
      value: () => {
        throw new GangwayError('GANGWAY_E_USAGE', `McpServer has no method "${name}": write ${ours}`)
      },
    },
  ]),
)

/** Methods that servers of other libraries have. Each throws an error that names Gangway's method, for code that is being migrated. */
import { GangwayError } from '../gangway-error.ts'

const TOOL = 'server.tool(name, { description, input: { … } }, handler)'
const RESOURCE = 'server.resource(uri, { description, mimeType }, read)'
const PROMPT = 'server.prompt(name, { description, args: { … } }, handler)'
const RUN = 'server.run(), or server.serve(transport) in a program with other work'
const HANDLERS = 'server.tool(…), server.resource(…) and server.prompt(…), which handle protocol requests'

/** The replacement for each method of the official SDK and of FastMCP for TypeScript. */
const OURS: Readonly<Record<string, string>> = {
  registerTool: TOOL,
  registerResource: RESOURCE,
  registerPrompt: PROMPT,
  registerResourceTemplate: RESOURCE,
  addTool: `${TOOL}, or server.add(tool) with Gangway's tool()`,
  addResource: RESOURCE,
  addResourceTemplate: RESOURCE,
  addPrompt: PROMPT,
  setRequestHandler: HANDLERS,
  setNotificationHandler: HANDLERS,
  connect: RUN,
  start: RUN,
}

/** Properties for a prototype. They are not enumerable and not in the types: TypeScript reports these calls by itself. */
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

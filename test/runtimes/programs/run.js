/** Serves by the transport that is named, and says where. */
import server from './server.js'

const transport = process.argv[2] === 'sse' ? 'sse' : 'http'
const { url } = await server.run({ transport, port: 0 })
console.log(`Listening on ${url}`)

/** A dependency that talks, also as a program of its own. */
/** @param {string | undefined} text */
const talk = (text) => console.info(text)
if (require.main === module) talk(process.argv[2])
exports.talk = talk

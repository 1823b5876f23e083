// The SDK opens a debugging session in every program before its first line, and waits for it: the serialisation of
// functions asks it where they were written. Here it is opened when that asks. V8 then tells of all scripts that it has
// compiled until then, so that nothing is missed (the SDK begins to listen too late for those).
module.exports = () => {
  const urls = new Map();
  let session;

  async function opened() {
    const { Session } = require("node:inspector");
    const opening = new Session();
    opening.connect();
    opening.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
    await new Promise((resolve, reject) => {
      opening.post("Debugger.enable", (error) => (error ? reject(error) : resolve()));
    });
    return opening;
  }

  return {
    isInitializedAsync: async () => undefined,
    getScriptUrl: (id) => urls.get(id),
    getSessionAsync: async () => {
      session ??= opened();
      return await session;
    },
  };
};

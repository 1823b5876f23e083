// A trace through the SDK has the map of each of its files read, sorted and searched, 20 ms of a program's start, only to
// name sources that are not in the package. Its own files are named instead; those of all others have their maps. In a
// TypeScript program ts-node brings another copy of this package, which knows nothing of it.
const OF_THE_SDK = /[\\/]@pulumi[\\/]pulumi[\\/]/;
const NOTHING = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/** @param place where the SDK's own source-map-support is. The SDK installs it again, which keeps this. */
exports.install = (place) => {
  require(place).install({
    retrieveSourceMap: (file) => (OF_THE_SDK.test(file) ? { url: file, map: NOTHING } : null),
  });
};

import { useCallback, useEffect, useState } from "preact/hooks";
import { getJson, jsonFrom, posted, problemOf } from "../backend";
import { ProblemBox } from "../problem";
import { type Documents, documentsSchema, type Problem, removedSchema } from "../protocol";
import { counted } from "../words";
import { Upload } from "./upload";

/** What is in the index; more to put there, and to take away. */
export function DocumentsPage() {
  const [found, setFound] = useState<Documents>();
  const [problem, setProblem] = useState<Problem>();
  const look = useCallback(() => {
    getJson("/api/documents", documentsSchema).then(
      (documents) => {
        setFound(documents);
        setProblem(undefined);
      },
      (error: unknown) => setProblem(problemOf(error)),
    );
  }, []);
  useEffect(look, []);
  const remove = async ({ root, source }: Documents["documents"][number]) => {
    try {
      await jsonFrom("/api/documents/remove", posted({ root, source }), removedSchema);
      look();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <section class="side" aria-labelledby="documents-title">
      <h2 id="documents-title">Documents</h2>
      {problem && <ProblemBox problem={problem} onRetry={look} />}
      <Upload onDone={look} />
      {found === undefined && !problem && <p class="waiting">Looking into the index</p>}
      {found && (
        <>
          <p>{summary(found)}</p>
          {found.documents.length > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on a narrow screen.
            <section class="wide" tabIndex={0} aria-label="Documents in the index">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Document</th>
                    <th scope="col">From</th>
                    <th scope="col">Passages</th>
                    <th scope="col">
                      <span class="unseen">Remove</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {found.documents.map((document) => (
                    <tr key={`${document.root} ${document.source}`}>
                      <th scope="row">{document.source}</th>
                      <td>{document.root ?? "an earlier release"}</td>
                      <td>{document.passages}</td>
                      <td>
                        <RemoveButton source={document.source} onRemove={() => remove(document)} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </>
      )}
    </section>
  );
}

function summary({ index, embeddingModel, documents }: Documents): string {
  if (documents.length === 0) return `The index ${index} is empty. Choose files, or drop them here.`;
  const passages = documents.reduce((sum, document) => sum + document.passages, 0);
  const count = [counted(documents.length, "document"), counted(passages, "passage")].join(", ");
  return `${count} in ${index}, with vectors of ${embeddingModel}.`;
}

/** Asks once more: what is removed has to be ingested again. */
function RemoveButton({ source, onRemove }: { source: string; onRemove: () => Promise<void> }) {
  const [asked, setAsked] = useState(false);
  const [removing, setRemoving] = useState(false);
  const click = async () => {
    if (!asked) return setAsked(true);
    setRemoving(true);
    await onRemove();
    setRemoving(false);
    setAsked(false);
  };
  return (
    <button type="button" class="quiet" disabled={removing} onClick={click} onBlur={() => setAsked(false)}>
      {asked ? "Really remove" : "Remove"}
      <span class="unseen"> {source}</span>
    </button>
  );
}

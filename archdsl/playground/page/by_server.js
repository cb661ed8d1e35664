// Answers by the archdsl of this machine: `archdsl serve --playground`.

export function start(progress) {
  progress("");
  return async function ask(message) {
    const answer = await fetch("answer", { method: "POST", body: JSON.stringify(message) });
    if (answer.status === 413) throw new Error("This text is too large for the playground");
    if (!answer.ok) throw new Error(`archdsl serve answered with ${answer.status}`);
    return answer.json();
  };
}

export const GONE =
  "archdsl serve has ended: save the spec, start it again, and open the address that it prints";

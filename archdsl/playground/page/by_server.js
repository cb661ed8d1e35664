// Answers by the archdsl of this machine: `archdsl serve --playground`.

export function start(progress) {
  progress("");
  return async function ask(message) {
    const answer = await fetch("answer", { method: "POST", body: JSON.stringify(message) });
    if (!answer.ok) throw new Error(`archdsl serve answered with ${answer.status}`);
    return answer.json();
  };
}

export const LOST = "archdsl serve has ended";

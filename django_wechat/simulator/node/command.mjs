/** How does a script give the simulator orders? By name, over HTTP; `GET control/` lists them. */

/** Call one of the simulator's commands; throw what it finds wrong with the values. */
export async function command(simulator, name, values) {
  const answer = await fetch(`${simulator.replace(/\/$/, "")}/control/${name}`, {
    method: "POST",
    body: JSON.stringify(values),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`the simulator refused ${name}: ${body.error}`);
  return body;
}

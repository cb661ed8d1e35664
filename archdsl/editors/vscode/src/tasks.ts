// The task `archdsl: check`, whose problems stand in the list of problems.
import * as vscode from "vscode";
import { program } from "./program";

const TYPE = "archdsl";

export function tasks(context: vscode.ExtensionContext): vscode.TaskProvider {
  return {
    provideTasks: () => (vscode.workspace.workspaceFolders ?? []).map((folder) => check(context, { type: TYPE }, folder)),
    resolveTask: (task) => check(context, task.definition, task.scope),
  };
}

function check(
  context: vscode.ExtensionContext,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope | undefined,
): vscode.Task {
  const started = new vscode.ProcessExecution(program(context), ["check"]);
  const task = new vscode.Task(definition, scope ?? vscode.TaskScope.Workspace, "check", TYPE, started, "$archdsl");
  task.group = vscode.TaskGroup.Test;
  return task;
}

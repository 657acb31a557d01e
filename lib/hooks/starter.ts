/** What `kerek hooks init` writes. */
export const hookStarter = `import { defineHooks } from "kerek";

/** Called by kerek deploy around replacements; delete what you do not need. */
export default defineHooks({
  /** Before anything is created or touched. A throw ends the deploy here. */
  async beforeDeploy(ctx) {
    ctx.log(\`deploying \${ctx.project}\`);
  },

  /** Before the new replica is started. A throw fails it. */
  async preSwap(ctx) {
    ctx.log(\`\${ctx.new.name} is to come\`);
  },

  /** The new replica is ready: return nothing to let it pass, or a reason to refuse it. */
  async healthGate(ctx) {
    const { code } = await ctx.exec(ctx.new, ["true"], { noThrow: true });
    if (code !== 0) return \`true ended with exit code \${code}\`;
    // const response = await ctx.fetchContainer("/ready", { port: 8080 });
    // if (response.status === 503) return { retryAfterMs: 500 };
  },

  /** Before an old replica is told to stop. */
  async beforeStop(ctx) {
    ctx.log(\`\${ctx.old.name} is to go\`);
  },

  /** When the swap is over. */
  async postSwap(ctx) {
    ctx.log(\`replica \${ctx.replica} of \${ctx.service} serves\`);
  },

  /** After a failure or Ctrl-C, when all is put back. */
  async onFailure(ctx) {
    ctx.log(\`it is \${ctx.outcome}:\`, ctx.services);
  },

  /** At the very end, whatever came of it. */
  async afterDeploy(ctx) {
    ctx.log(\`the deploy is \${ctx.outcome}\`);
  },
});
`;

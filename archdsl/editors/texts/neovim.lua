vim.filetype.add({ extension = { arch = "arch" } })
vim.api.nvim_create_autocmd("FileType", {
  pattern = "arch",
  callback = function(event) vim.bo[event.buf].commentstring = "# %s" end,
})
if vim.fn.has("nvim-0.11") == 0 then return end -- older ones have colours alone
vim.lsp.config("archdsl", { cmd = { "COMMAND", "lsp" }, filetypes = { "arch" }, root_markers = { ".git" } })
vim.lsp.enable("archdsl")
vim.api.nvim_create_autocmd("LspAttach", {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= "archdsl" then return end
    vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
    vim.bo[event.buf].completeopt = "menu,menuone,noselect,popup" -- proposals are chosen, not typed
    vim.lsp.completion.enable(true, client.id, event.buf, { autotrigger = true })
    local function lenses() vim.lsp.codelens.refresh({ bufnr = event.buf }) end
    vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave" }, { buffer = event.buf, callback = lenses })
    lenses()
    vim.diagnostic.config({ virtual_text = true }, vim.lsp.diagnostic.get_namespace(client.id))
    vim.api.nvim_buf_create_user_command(event.buf, "ArchPreview", function()
      client:exec_cmd({ title = "preview", command = "archdsl.server.preview", arguments = { vim.uri_from_bufnr(event.buf) } })
    end, { desc = "the diagram in the browser, as it is typed" })
    vim.api.nvim_create_autocmd("BufWritePre", {
      buffer = event.buf,
      callback = function() vim.lsp.buf.format({ bufnr = event.buf, id = client.id }) end,
    })
  end,
})

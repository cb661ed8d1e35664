autocmd BufRead,BufNewFile *.arch set filetype=arch
autocmd FileType arch setlocal commentstring=#\ %s shiftwidth=4 softtabstop=4 expandtab
let s:archdsl = "COMMAND"
" with the plugin vim-lsp
autocmd User lsp_setup call lsp#register_server({'name': 'archdsl', 'cmd': [s:archdsl, 'lsp'], 'allowlist': ['arch']})
" with the plugin lsp of Yegappan Lakshmanan
autocmd User LspSetup call LspAddServer([#{name: 'archdsl', filetype: ['arch'], path: s:archdsl, args: ['lsp']}])

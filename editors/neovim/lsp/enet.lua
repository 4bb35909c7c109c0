-- For Neovim 0.11 and later: vim.lsp.enable('enet')
return {
  cmd = { 'enetc', 'lsp' },
  filetypes = { 'enet' },
  root_markers = { '.git', 'package.json' },
}

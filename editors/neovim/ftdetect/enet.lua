vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  pattern = '*.enet',
  callback = function(args)
    vim.bo[args.buf].filetype = 'enet'
  end,
})

if exists('b:current_syntax')
  finish
endif
syntax keyword enetKeyword import from block model weights param convention input maximize scaling variants table return auxiliary
syntax keyword enetKeyword require share if else for in and or not
syntax keyword enetBoolean true false
syntax match enetNumber /\<\d\+\(\.\d\+\)\?\([eE][+-]\?\d\+\)\?\>/
syntax match enetOperator /->\|[|=+*\/^<>!-]/
syntax region enetString start=/"/ end=/"/ oneline
syntax match enetComment +//.*$+
highlight default link enetKeyword Keyword
highlight default link enetBoolean Boolean
highlight default link enetNumber Number
highlight default link enetOperator Operator
highlight default link enetString String
highlight default link enetComment Comment
let b:current_syntax = 'enet'

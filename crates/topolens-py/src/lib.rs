//! topolens-py

"""`make demo`: a broker, a depot, four simulated units and a kiosk, all real but the trikes."""

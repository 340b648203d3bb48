package authority

// NewSerial is newSerial.
var NewSerial = newSerial
